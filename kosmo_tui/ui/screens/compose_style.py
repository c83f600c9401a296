"""How the composer looks, in wide, usual and small windows."""

STYLE = """
EditingScreen {
    align: center middle;
    background: $background;  /* opaque: what lies below is not to be read, its keys least of all */
    &.-wide > #compose { margin: 1 2; padding: 1 2 0 2; }
    & .compose--column { height: 1fr; }
    & #edit { overflow-y: auto; scrollbar-size-vertical: 1; }
    & #compose-targets { width: 38; margin-right: 1; }
    &.-wide #compose-targets { width: 46; margin-right: 2; }
    & #targets { height: 1fr; padding: 0 1; }
    & .compose--label { height: 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
    & .compose--group.-focused > .compose--label { color: $text-accent; text-style: bold; }
    & .compose--line { height: auto; }
    &.-wide .compose--line { margin-top: 1; }
    &.-wide #compose-echo { margin-top: 0; }
    & .compose--line > .compose--label { width: 11; }
    & #compose-variant { height: 1; }
    & #compose-variant > .compose--label { display: none; }
    & #own { width: auto; max-width: 60%; height: 1; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    & #when { width: 26; }
    & .compose--presets { width: 1fr; height: 1; padding: 0 2; link-style: none; link-style-hover: bold; }
    & .compose--presets { text-wrap: nowrap; text-overflow: ellipsis; }
    & #kind { margin-right: 2; }
    & #echo-glyph { width: 2; }
    & #echo { height: auto; max-height: 4; width: 1fr; }
    &.-wide #echo { max-height: 4; }
    & #problems { height: auto; }
    &.-wide #problems { margin-top: 1; }
    & #sending { padding: 0 1; }
    &.-wide #sending { padding: 1 2; }
    & #foot { height: 1; }
    &.-wide #foot { margin-top: 1; }
    & #hints { width: 1fr; height: 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
    & #foot > Button { margin-left: 2; min-width: 0; padding: 0 2; }
    & #foot > Button:focus { text-style: bold underline; background-tint: $foreground 15%; }
    &.-small {
        & #compose-both { layout: vertical; min-height: 4; }
        & #compose-targets { width: 100%; height: 1; margin: 0; }
        & #compose-both.-choosing > #compose-targets { height: 1fr; }
        & #compose-both.-choosing > #compose-text { height: 1; }
        & .compose--line > .compose--label { width: 8; }
        & #compose-echo > .compose--label { display: none; }
        & #echo { max-height: 3; }
        & #problems { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
        & #media { max-height: 2; }
        & #options { max-height: 2; }
        & #when { width: 20; }
        & #instagram { layout: vertical; }
        & #instagram > .compose--label { width: 100%; }
    }
}
"""
