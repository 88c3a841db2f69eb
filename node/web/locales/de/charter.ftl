# Die Vereinbarungen der Gruppe in einfachen Worten.
charter-purpose = Wofür sie da ist
charter-audience = Für wen sie da ist
charter-agreements = Was wir vereinbaren
charter-rules = Regeln für das, was geschrieben wird
charter-floor = Regeln, die jede Gruppe hat
charter-confidentiality = Wo Vertraulichkeit endet
charter-how-it-goes = Wie es läuft
charter-advice-if-asked = Rat bekommt, wer darum bittet.
charter-advice-welcome = Rat ist willkommen.
charter-reply-hours = { $hours ->
    [one] Wir versuchen, innerhalb einer Stunde zu antworten.
   *[other] Wir versuchen, innerhalb von { $hours } Stunden zu antworten.
}
charter-kept-on = Geschriebenes wird aufbewahrt, solange Platz ist.
charter-kept-days = { $days ->
    [one] Geschriebenes wird einen Tag aufbewahrt.
   *[other] Geschriebenes wird { $days } Tage aufbewahrt.
}
charter-history-all = Wer neu ist, kann lesen, was vorher geschrieben wurde.
charter-history-none = Wer neu ist, kann nur lesen, was danach geschrieben wird.
charter-invites-facilitators = Moderation und Mitmoderation dürfen einladen.
charter-invites-members = Alle hier dürfen einladen.
charter-shared-power = Alle hier moderieren. Was alle betrifft, braucht mehr als die Hälfte von uns.
charter-size = Plätze in dieser Gruppe: { $size }.
charter-floor-methods = Nichts darüber, wie man sich etwas antun kann.
charter-floor-numbers = Keine Mengen oder Zahlen zu Selbstverletzung oder zum Essen.
charter-floor-encouragement = Keine Ermutigung, sich etwas anzutun.
charter-floor-pacts = Keine Verabredungen, sich gemeinsam etwas anzutun.
charter-floor-countdowns = Keine Abschiedsbriefe oder Countdowns.
charter-floor-identifying = Nichts, was verrät, wer jemand anderes ist.
charter-floor-said = Keine Wege oder Mengen, um sich etwas anzutun oder nicht zu essen, keine Ermutigung dazu, keine Verabredungen, keine Countdowns und nichts, was verrät, wer jemand anderes ist.
charter-agree = Ich bin einverstanden
charter-advice = Rat
charter-history = Was Neue lesen können
charter-inviters = Wer einladen darf
charter-language = Sprache
