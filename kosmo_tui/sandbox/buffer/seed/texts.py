"""What the accounts of the sandbox post about: many languages and scripts, short, long and empty."""

from __future__ import annotations

ROASTERY: tuple[str, ...] = (
    "New on the shelf: a washed Gesha from Huehuetenango. Jasmine, bergamot, a finish like honey. ☕ #roastery",
    "We are closed on Monday. The roaster wants new bearings, and so do we.",
    "Cupping on Friday at 17:00, eight seats, no slurping skills needed 🥄",
    "How we dial in an espresso, from the first gusher to the keeper. https://ternandkettle.example/dial-in",
    "Batch 212 tastes of plum jam. Nobody knows why. We are not complaining.",
    "Obrigado, Lisboa! 5 anos, 41 toneladas de café e um gato chamado Crema 🐈 #aniversário",
    "Grind finer. If in doubt, grind finer. If it chokes, you were in doubt for a reason.",
    "Decaf deserves better. Ours is sugarcane-processed and does not taste of cardboard.",
    "Water recipe of the month:\n\n• 40 mg/l magnesium\n• 30 mg/l bicarbonate\n• patience\n\nMix, rest, brew.",
    (
        "Meet Abebe, who grows the lot that half of you order every month. Long read on the blog 👉 "
        "https://ternandkettle.example/abebe"
    ),
    "📦 Order before noon, roasted the same day.",
    "Rain. Filter. Window seat.",
)
AGENCY: tuple[str, ...] = (
    "Five headlines that doubled the click rate of a library newsletter, and two that sank it. 🧵",
    "Wir suchen Verstärkung: Texter:in (80–100 %), Köln oder remote. Bewerbungen bis Monatsende. #jobs",
    "東京オフィスが移転しました。新しい会議室から富士山が見えます 🗻 #お知らせ",
    "نبحث عن مصمم جرافيك للعمل معنا عن بُعد. أرسلوا أعمالكم 🎨",
    "Запустили новый сайт для музея связи. Посмотрите, как звучит телеграф 📻",
    "Cómo escribir un pie de foto que la gente termina de leer: guía en 7 pasos.",
    "हमारी नई रिपोर्ट: छोटे शहरों में सोशल मीडिया 📊 #रिपोर्ट",
    "우리가 배운 것: 짧은 문장이 더 멀리 갑니다.",
    "The brief said “make it pop”. So we made a pop-up. Behind the scenes:",
    "Notre étude de cas : 3 mois, 0 € de publicité, 1 200 inscriptions ✨ https://halyard.example/etude",
    "Office dog of the week 🐕‍🦺 (he approves invoices)",
    "Alt text is not an afterthought. Describe what matters, leave out “image of”. #accessibility #a11y",
    "שבוע טוב! השבוע אנחנו מדברים על נגישות",
    "Data from 4 million posts: what the best time to post really is (hint: it is not 9:00).",
    "🇧🇷 Chegamos a São Paulo! Venha tomar um cafezinho com a gente ☕",
    "Thread, no thread, carousel? We tested all three with the same story.",
    "ประกาศรับสมัครนักศึกษาฝึกงาน ภาคฤดูร้อน 🌞",
    "“Engagement” is a room full of people, not a number. Notes from yesterday's workshop.",
    "👩🏽‍💻👨🏻‍🎨🧑🏿‍🔬 The whole team, one photo, 41 attempts.",
    "We wrote down our whole onboarding. Take it, it is yours: https://halyard.example/onboarding $HLYD",
    "Kleine Erinnerung: Umlaute gehören auch in Hashtags. #schöneGrüße #größer",
    "1️⃣ Write  2️⃣ Cut  3️⃣ Cut again",
    "Ναι, μιλάμε και ελληνικά 🇬🇷",
    "A quiet week. Two launches, one wedding, no incidents.",
    "Thanks @marta.l and @the_print_shop for the posters. They smell wonderful.",
    "ما الذي يجعل العنوان جيداً؟ خيط قصير 👇",
    "Retro board of the sprint: 14 × 🙂, 3 × 😐, 1 × 🔥 (the printer).",
    "Zażółć gęślą jaźń — a pangram that breaks more CMSs than you would think.",
    "Case study: how a village bakery sold out every Saturday for a year. " + "Flour, water, salt and a calendar. " * 4,
    "ok",
)
LONG = (
    "What we learned from a year of posting every single day.\n\n"
    + "\n\n".join(
        f"{number}. {line}"
        for number, line in enumerate(
            (
                "Consistency beats brilliance. The posts that we almost did not publish did as well as our favourites.",
                "People answer questions, not statements. A question mark is worth more than an exclamation mark.",
                "Numbers lie on small accounts: wait for a month of data before you change anything.",
                "Write for one reader. Ours is called Ines, she runs a bike shop and has four minutes.",
                "Recycle. Nobody has seen everything you made, not even your mother.",
            ),
            1,
        )
    )
    + "\n\n#socialmedia #writing #lessonslearned"
)
SHORT: tuple[str, ...] = ("", "🙂", "Soon.", "…", "GM ☀️")
FAILURES: tuple[tuple[str, str, str], ...] = (
    (
        "The image is too wide for this network. Please crop it and try again.",
        '{"error":{"code":36003,"message":"The aspect ratio is not supported."}}',
        "media-requirements",
    ),
    (
        "This network thinks that the post is a duplicate of an earlier one.",
        '{"title":"Forbidden","detail":"You are not allowed to create a Tweet with duplicate content.","status":403}',
        "duplicate-posts",
    ),
    (
        "The network did not answer in time. You can try again.",
        "ETIMEDOUT 504 upstream request timeout",
        "failed-posts",
    ),
    (
        "Buffer lost its permission to post to this channel. Please reconnect it.",
        '{"error":{"type":"OAuthException","code":190,"error_subcode":460}}',
        "reconnecting-channels",
    ),
)
IDEAS: tuple[tuple[str, str], ...] = (
    ("Roastery cats of the world", "A series, one cat a week. Ask readers to send theirs."),
    ("Behind the invoice", "What a kilo of coffee costs, and who gets how much of it."),
    ("", "Zine? Riso print? Ask Tomás."),
    ("焙煎の音", "Short sound clips: first crack, second crack."),
    ("Year in review", "Numbers, but honest ones 📉📈"),
)
TEMPLATES: tuple[tuple[str, str, str], ...] = (
    ("Launch", "🚀", "It is here: {product}. {one sentence why}. {link}"),
    ("Hiring", "🧭", "We are looking for {role} in {place}. {link}"),
)
NOTES: tuple[tuple[str, str], ...] = (
    ("userGenerated", "Can we say “sustainable” here? Ask legal before Friday, please."),
    ("aiGenerated", "Suggestion: lead with the number."),
    ("bufferGenerated", "Approval was requested."),
)
