"""What people write: captions, comments and replies in several languages and scripts."""

from __future__ import annotations

_LONG = """\
Ten years ago we opened a door on a street nobody walked down.

We had one grinder, two chairs and a sign painted by a friend who could not spell ‘espresso’. People came for the
mistake and stayed for the coffee. The first winter the heating failed, so we lit the oven and left it open, and the
whole street came in to warm its hands. We sold eleven cups that day and gave away sixty. It is still the best day we
ever had.

Since then we have roasted for weddings and funerals, for a film crew that never paid and for a nurse who paid every
day for the one behind her. We have moved twice, flooded once, and lost the recipe for the almond cake (if you are
reading this, Marta: please). We learned that a good queue is a conversation, that the machine breaks on Saturdays, and
that nobody remembers your logo but everybody remembers your hands.

People ask what we would do differently. We would buy the second grinder earlier. We would say no to the man with the
app. We would write down names from the first day on, because a name is the only thing that makes a coffee yours. And
we would open the same door on the same street, because it turned out that people walk where the light is.

So this week everything on the board costs what it cost then. Bring somebody you have not seen for too long. Sit down
even if you are in a hurry, especially if you are in a hurry. We will be behind the bar, all of us, also those who left
and said they would never make another flat white in their lives.

If you ever stood in that line: this one is for you. 🤎

#tenyears #anniversary #coffee #roastery #community #thankyou #smallbusiness #espresso #neighbourhood #story"""

CAPTIONS: tuple[str, ...] = (
    "The new roast is here. Two bags for the price of one until Friday. ☕️\n\n#coffee #roastery #smallbatch",
    "Sunday. Slow hands, warm bread, nobody in a hurry.",
    (
        "Drei Tage Teigruhe, zwanzig Minuten Ofen, zwei Minuten bis alles weg war. 🥖 "
        "Größe ist nicht alles – Kruste schon.\n#sauerteig #bäckerei"
    ),
    "焙煎したての豆が届きました。今週末は試飲会です☕️✨\n\n#コーヒー #自家焙煎 #珈琲のある暮らし",
    "Nuevo en la carta: flat white con leche de avena y un toque de canela. ¿Quién se anima? 🙌 #café #barista",
    "Behind the scenes of our autumn shoot 🎬 Swipe for the outtakes (yes, the dog stayed in the final cut) 🐕‍🦺",
    "قهوة الصباح تبدأ من هنا ☕️ نراكم غداً الساعة ٨:٠٠ #قهوة #صباح_الخير",
    "",
    "Три сорта, три страны, один вечер. Запись в директ ☕️\n#кофе #дегустация",
    "👩‍👩‍👧‍👦🏳️‍🌈 Everyone is welcome at our table. Always. #pride",
    "우리 매장에 새로 온 친구를 소개합니다 🐈‍⬛ 이름은 '모카'예요!\n#카페 #고양이 #일상",
    "On l’attendait : le chocolat chaud est de retour. À l’ancienne, avec une vraie ganache. 🍫 #hiver #chocolatchaud",
    "周末市集见！我们带了新的冷萃和手工曲奇 🍪🧊 #咖啡 #市集",
    "Small update: we are closed on Monday for inventory. Back on Tuesday at 7:00.",
    "בוקר טוב! הבלנד החדש כבר על המדף ☀️ #קפה",
    (
        "How we cup: 12 g, 200 ml, 93 °C, four minutes, break the crust, slurp loud. Save this for later 📌\n\n"
        "1) Grind\n2) Pour\n3) Wait\n4) Break\n5) Skim\n6) Slurp\n\n"
        "#cupping #coffeetips #howto #specialtycoffee #brewguide"
    ),
    "नई कॉफ़ी, पुरानी दोस्ती। आज शाम मिलते हैं? ☕️ #कॉफ़ी #दिल्ली",
    "Thank you @mira.bakes and @oldtown.ceramics for the loveliest collab 💛 Cups are live now, link in bio.",
    "กาแฟดริปแก้วแรกของวัน ☁️ #กาแฟ #คาเฟ่",
    "Giveaway! 🎁 Follow, like, and tag a friend who owes you a coffee. Closes Sunday 23:59 UTC. #giveaway #win",
    "Ο καφές της Κυριακής δεν βιάζεται. #καφές",
    "Dia de inventário, mas o café não para ☕️🇧🇷 #cafeteria #segundou",
    "Rainy street, warm window. 35 mm, f/2.",
    "Yeni mevsim, yeni çekirdek. İlk yudum bizden! 🫘 #kahve #İstanbul",
    "Q: oat or dairy? A: yes.",
    "Cà phê sữa đá, phiên bản mùa đông 🧊❄️ #càphê",
    "Zwölf Stunden, ein Kessel, kein Plan B. Danke an das ganze Team! 💪🏽💪🏿💪🏻",
    "🔥",
    _LONG,
    "POV: it is 6:58 and somebody is already at the door 🚪👀 #baristalife #reels",
)

COMMENTS: tuple[str, ...] = (
    "so cool!",
    "Love this 😍😍😍",
    "Do you ship to Norway? 🇳🇴",
    "When will it be back in stock?",
    "Sieht fantastisch aus! 🤩",
    "¡Qué rico! ¿Abren los domingos?",
    "素敵すぎる…！今度行きます🙏",
    "Parfait pour l’hiver ❄️",
    "🔥🔥🔥",
    "❤️",
    "Is the oat milk barista edition?",
    "where is this place? asking for a friend 👀",
    "جميل جداً ❤️",
    "очень красиво, спасибо!",
    "너무 예뻐요 😭",
    "the lighting in this one… 📸",
    "Ordered two weeks ago and still nothing. Order #48213, can somebody look?",
    "@lena.k we need to go",
    "What grind do you use for the V60?",
    "好想喝！",
    "lol the dog 😂",
    "Prices went up again?",
    "Quero um desses agora 🤤",
    "First!",
    "This made my Monday.",
    "תותחים 💪",
    "Can you do a gluten-free one?",
    "Follow me for 10k followers in a day 💸💸 l1nk in b10",
    "My grandmother had exactly this cup.",
    "Which lens is that?",
)

REPLIES: tuple[str, ...] = (
    "Thank you! 🤎",
    "We do! Two to four days, and free above 40.",
    "Back on Thursday, promised.",
    "Danke dir! 😊",
    "Sorry about that. We sent you a message and look into it right now.",
    "¡Sí, de 9:00 a 14:00!",
    "ありがとうございます！お待ちしております☺️",
    "Medium fine, 15 g to 250 ml.",
    "See you soon 👋",
    "same question here",
)

PEOPLE: tuple[str, ...] = (
    "mira.bakes", "lena.k", "oldtown.ceramics", "jonas_klein",
    "sakura.days", "el_cafetero", "nordlys.no", "marta.fotos",
    "grumpy_barista", "kim.minji__", "ahmad.reads", "olga_v",
    "thirdwave.tom", "petit.four", "zuzu.and.dog", "li.wei.88",
    "ana.paula.br", "the_real_gus", "noor.studio",
    "cups.and.co", "vinyl.rain", "hanna_haus", "growth.hacks.4u", "dimitris.gr",
    "early.bird.ella", "sam.the.van", "noa.b", "priya.draws", "quietcorner", "m4rk0",
)  # fmt: skip

ALT_TEXTS: tuple[str, ...] = (
    "A paper bag of coffee on a wooden table, steam in the light of a window.",
    "Two hands shaping a loaf of bread on a floured board.",
    "湯気の立つカップと焼き菓子",
    "A black cat asleep between two sacks of beans.",
)
