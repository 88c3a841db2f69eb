# Der Tisch derer, die sich um eine Gruppe kümmern.
desk-heading = Moderationstisch
desk-empty = Gerade wartet nichts. Mach eine Pause.
desk-something-new = Etwas hat sich geändert. Noch einmal ansehen
desk-you-until = Du hast Dienst. Bis: { $until }
desk-other-until = { $name } hat Dienst. Bis: { $until }
desk-nobody-until = Gerade hat niemand Dienst. Wieder ab: { $when }
desk-nobody = Gerade hat niemand Dienst.
desk-knocks = Wer anklopft
desk-compare = Diese Einladung ist von dir: Vergleicht miteinander den Code aus sechs Ziffern.
desk-open-knock = Lesen und antworten
desk-of = { $name }
desk-reports = Meldungen zum Ansehen
desk-report-by = Von { $author }. Gemeldet von { $from }.
desk-open-report = Ansehen
desk-proposals = Vorgeschlagen und wartet auf weitere Stimmen
desk-once-more = Beim Unterschreiben wusste niemand von der anderen Unterschrift. Eine Person muss noch einmal unterschreiben.
desk-you-signed = Du hast unterschrieben.
desk-sign = Auch unterschreiben
desk-letter-from = Ein Brief von { $name }
desk-letter-alone = Er ist für dich und vielleicht noch ein paar andere. Die Gruppe sieht ihn nicht.
desk-appeal = Die Person bittet darum, sich das noch einmal anzusehen:
desk-write-back = Zurückschreiben
desk-all-letters = Alle Briefe an dich
desk-beside = Dein Dienst, und wie es der Gruppe geht
desk-to-greet = Noch zu begrüßen
desk-came = Dazugekommen: { $when }
desk-greet = Begrüßung schreiben
desk-rota = Dienstplan
desk-rota-empty = Noch hat niemand eingetragen, wann jemand da ist. Vielleicht lesen trotzdem Mitglieder mit.
desk-slot-duty-now = { $name } hat Dienst. Bis: { $until }
desk-slot-greets-now = { $name } begrüßt die Neuen. Bis: { $until }
desk-slot-duty = { $name } hat Dienst. { $span }
desk-slot-greets = { $name } begrüßt die Neuen. { $span }
desk-span = Von: { $from }. Bis: { $until }
desk-hand-over = Jetzt übergeben
desk-health = Wie es der Gruppe geht
desk-health-hint = Auf diesem Gerät ausgerechnet und denen gezeigt, die sich um die Gruppe kümmern. Über einzelne Menschen sagt es nichts.
desk-you = Was deine Aufgabe ist und was nicht
desk-yours = Du bist hier auf Augenhöhe mit allen. Du siehst, was in der Gruppe steht und was dir gemeldet wurde. Sonst nichts.
desk-not-yours = Du bist nicht dafür verantwortlich, was ein anderer Mensch tut.
desk-step-back = Zurücktreten
desk-step-back-said = Danke, dass du da bist. Du kannst jederzeit zurücktreten, ohne Grund. Du bleibst Mitglied. Wieder übernehmen kannst du die Aufgabe nur, wenn andere sie dir neu geben.
desk-without-me = Was du getan hast, gilt weiter.
desk-without-me-none = Sonst moderiert niemand. Dann könnte niemand Menschen hereinlassen oder helfen, wenn etwas schiefgeht, bis die Mitglieder jemanden wählen.
desk-without-me-one = Dann moderiert nur noch eine Person und entscheidet allein.
desk-without-me-two = Dann moderieren noch zwei. Wer es schon länger macht, entscheidet allein.
desk-more = Mehr
desk-invite = Jemanden einladen
desk-charter = Die Vereinbarungen der Gruppe
done-stepped-back = Du bist zurückgetreten. Danke, dass du das getragen hast.
done-signed = Du hast unterschrieben, und es gilt.
done-awaiting = Dein Wort ist festgehalten. Es gilt, sobald andere dasselbe sagen.
health-no-posts = Noch ist kein Beitrag alt genug, um dazu etwas zu sagen.
health-heard-all = { $hours ->
    [one] Jeder Beitrag des letzten Monats wurde innerhalb einer Stunde gehört.
   *[other] Jeder Beitrag des letzten Monats wurde innerhalb von { $hours } Stunden gehört.
}
health-heard-most = { $hours ->
    [one] Die meisten Beiträge des letzten Monats wurden innerhalb einer Stunde gehört. Einige warteten länger.
   *[other] Die meisten Beiträge des letzten Monats wurden innerhalb von { $hours } Stunden gehört. Einige warteten länger.
}
health-heard-some = { $hours ->
    [one] Einige Beiträge des letzten Monats wurden innerhalb einer Stunde gehört. Die meisten warteten länger.
   *[other] Einige Beiträge des letzten Monats wurden innerhalb von { $hours } Stunden gehört. Die meisten warteten länger.
}
health-heard-none = { $hours ->
    [one] Kein Beitrag des letzten Monats wurde innerhalb einer Stunde gehört.
   *[other] Kein Beitrag des letzten Monats wurde innerhalb von { $hours } Stunden gehört.
}
health-first-minutes = { $minutes ->
    [one] Die Hälfte der ersten Antworten kam innerhalb einer Minute.
   *[other] Die Hälfte der ersten Antworten kam innerhalb von { $minutes } Minuten.
}
health-first-hours = { $hours ->
    [one] Die Hälfte der ersten Antworten kam innerhalb einer Stunde.
   *[other] Die Hälfte der ersten Antworten kam innerhalb von { $hours } Stunden.
}
health-greeted-all = Alle Neuen wurden innerhalb von zwei Tagen begrüßt.
health-greeted-most = Die meisten Neuen wurden innerhalb von zwei Tagen begrüßt.
health-greeted-few = Viele Neue wurden nicht innerhalb von zwei Tagen begrüßt.
health-both-most = Die meisten Mitglieder haben sowohl geantwortet als auch Antwort bekommen.
health-both-some = Einige Mitglieder haben sowohl geantwortet als auch Antwort bekommen.
health-both-none = Noch hat niemand sowohl geantwortet als auch Antwort bekommen.
# Jemand an der Tür.
knock-heading = { $name } klopft an
knock-waiting = Noch nicht entschieden.
knock-signing = Du hast unterschrieben. Noch jemand muss dasselbe sagen.
desk-let-in = Hereingelassen.
knock-declined-by = { $name } hat Nein gesagt.
desk-turned-away = Abgelehnt.
knock-gone = War hereingelassen und ist wieder gegangen.
knock-two-came = Zwei Menschen kamen mit dieser Einladung, und sie ist für eine Person. Lass damit niemanden herein: Nimm sie zurück und erstelle eine neue.
knock-several-came = Mit dieser Einladung kamen mehr Menschen, als sie vorsieht. Lass herein, wen du kennst.
knock-said = Was gesagt wurde
knock-nothing-said = Noch wurde nichts gesagt.
knock-answer = Antworten
knock-answer-hint = Die Person liest es, und auch die anderen, die mitentscheiden. Die Person erfährt nicht, wer von euch es geschrieben hat.
knock-answer-send = Antwort senden
knock-let-in = Hereinlassen
knock-let-in-said = Von da an liest und schreibt die Person hier mit. Ihr Knoten erfährt es, wenn er wieder nachfragt, meist innerhalb einer Minute.
knock-code-said = Das ist dein Code. Frag { $name } nach dem Code auf der anderen Seite, mündlich oder von Angesicht zu Angesicht.
knock-code-same = Wir haben ihn verglichen, und er ist auf beiden Seiten gleich.
knock-code-other = Ist der andere Code nicht derselbe, ist jemand anderes über diesen Link gekommen. Lass die Person nicht herein.
knock-let-name-in = { $name } hereinlassen
knock-compare-first = Vergleicht zuerst den Code.
knock-compare-first-do = Frag mündlich oder von Angesicht zu Angesicht nach dem anderen Code. Ist es derselbe, sag es hier und lass die Person herein. Bisher ist nichts geschehen.
knock-not-this-time = Diesmal nicht
knock-decline-hint = Die anderen, die mitentscheiden, lesen es auch. Die Gruppe erfährt nicht, dass jemand angeklopft hat.
knock-decline = Nein sagen, mit dieser Begründung
done-knock-said = Gesendet. Die Person liest es, wenn ihr Knoten wieder nachfragt.
done-admitted = Die Person ist drin. Ihr Knoten erfährt es, wenn er wieder nachfragt, meist innerhalb einer Minute.
done-declined = Die Person liest deine Begründung, wenn ihr Knoten wieder nachfragt.
# Eine Meldung.
reported-heading = Eine Meldung zum Ansehen
reported-from = Gemeldet von { $name }. Das wissen nur die, bei denen die Meldung ankam.
reported-harm = Etwas, das verletzt oder droht
reported-rule = Etwas, das gegen eine Regel verstößt
reported-worry = Sorge um die Person, die das geschrieben hat
reported-harm-alone = Worte an eine Person allein, die verletzen oder drohen
reported-rule-alone = Worte an eine Person allein, die gegen eine Regel verstoßen
reported-worry-alone = Sorge um die Person, die einer anderen allein geschrieben hat
reported-quoted = Was { $name } geschrieben hat, wie es damals dastand
reported-note = Was { $name } sagt
reported-kept = Es wird auf deinem Gerät 30 Tage aufbewahrt, auch wenn es inzwischen zurückgenommen wird.
reported-act = Etwas tun
reported-where = Dort öffnen, wo es steht
reported-worried = Was du sagen kannst, wenn du dir Sorgen machst
reported-answer = Was { $name } erfährt
reported-noted = Es wurde gelesen, und wir behalten es im Kopf.
reported-noted-hint = Mehr war vorerst nicht nötig.
reported-acted = Es wurde etwas getan.
reported-acted-hint = Das Protokoll zeigt, was, ohne Einzelheiten.
reported-no-breach = Es wurde keine Regel verletzt.
reported-no-breach-hint = Es bleibt, wie es ist. Ein freundliches Wort hilft trotzdem.
reported-more = In deinen eigenen Worten
reported-more-hint = Nur die Person, die gemeldet hat, liest es.
reported-send = Antwort senden
reported-answered = Du hast geantwortet
reported-needs-outcome = Sag, was daraus wurde.
reported-needs-outcome-do = Wähle eines der drei. Deine Worte sind noch da.
done-report-answered = Deine Antwort geht innerhalb von zwei Minuten hinaus.
after-heading = Das war schwer zu lesen
after-said = Du hast getan, was du konntest.
after-rest = Du kannst jetzt an die anderen übergeben, die sich um die Gruppe kümmern. Du kannst auch eine Weile nichts tun.
after-leave = Hier lassen
# Da sein.
duty-heading = Sagen, wann du da bist
duty-said = Alle in der Gruppe sehen es. Kürzer ist freundlicher zu dir selbst.
duty-for-what = Wofür
duty-on-duty = Dienst
duty-on-duty-hint = Du kümmerst dich um die Gruppe: wer wartet, wer fragt, was gemeldet wird.
duty-greeter = Neue begrüßen
duty-greeter-hint = Du sagst denen hallo, die dazukommen.
duty-from = Ab wann
duty-from-hint = Lass beides leer, um jetzt zu beginnen. Nach der Uhr dieses Geräts: { $zone }.
duty-day = Tag
duty-time = Uhrzeit
duty-lasts = Wie lange
duty-lasts-hint = Was du hier sagst, ersetzt, was du vorher dazu gesagt hast.
duty-take = Eintragen
duty-back = Ich habe doch keinen Dienst
duty-back-greeter = Ich begrüße doch keine Neuen
duty-hours = { $hours ->
    [one] Eine Stunde
   *[other] { $hours } Stunden
}
duty-days = { $days ->
    [one] Einen Tag
   *[other] { $days } Tage
}
duty-not-a-time = Das ist keine Zeit, oder sie ist vorbei.
duty-not-a-time-do = Wähle einen Tag und eine Uhrzeit, die noch kommen, oder lass beides leer, um jetzt zu beginnen.
done-duty = Gespeichert. Die anderen sehen, wann du da bist.
done-duty-back = Gespeichert. Die anderen sehen, dass du nicht da bist.
hand-over-said = Nur an die anderen aus der Moderation. Die Gruppe sieht es nicht.
hand-over-words = Was sie wissen sollten
hand-over-hint = Wem Gesellschaft guttäte, was versprochen wurde, wann du ausruhst. Es geht innerhalb von zwei Minuten hinaus.
hand-over-send = Übergeben
done-handed-over = Gesendet. Es geht innerhalb von zwei Minuten hinaus.
# Etwas tun zu dem, was jemand geschrieben hat.
act-heading = Was { $name } geschrieben hat
act-what = Was wäre fair?
act-note = Nur dieser Person schreiben
act-note-hint = Nur { $name } sieht es. Oft reicht das.
act-note-do = Brief senden
act-fold = Zuklappen
act-fold-hint = Andere können es noch öffnen, hinter deiner Begründung. { $name } kann es ändern und neu senden.
act-fold-do = Mit dieser Begründung zuklappen
act-hold = Zurückhalten
act-hold-hint = Nur { $name } und die, die sich um die Gruppe kümmern, können es lesen.
act-hold-do = Mit dieser Begründung zurückhalten
act-restore = Wieder zeigen
act-restore-hint = Was zu diesem Text von { $name } entschieden wurde, wird zurückgenommen.
act-restore-do = Mit dieser Begründung wieder zeigen
act-pause = Eine Schreibpause setzen
act-pause-hint = { $name } liest weiter mit. Was in dieser Zeit geschrieben wird, erscheint, wenn die Pause endet.
act-pause-do = Mit dieser Begründung eine Schreibpause setzen
act-takes = { $takes ->
   *[other] Dazu müssen { $takes } dasselbe sagen: Deine Stimme ist eine davon, und bis dahin wartet es.
}
act-reason = Begründung, wie { $name } sie liest
act-reason-hint = Alle in der Gruppe können sie lesen, nur bei einem Brief nicht. Was persönlich ist, gehört in einen Brief nur an { $name }.
act-rule = Die Regel, um die es geht
act-no-rule = Wähle eine
act-rule-hint = Nötig zum Zuklappen, Zurückhalten oder für eine Schreibpause. Nicht für einen Brief und nicht, um etwas wieder zu zeigen.
act-hours = Wie lange, bei einer Schreibpause
act-appeal = Die Person kann jemand anderen aus der Moderation bitten, es anzusehen. Dort kann zurückgenommen werden, was du getan hast. Alle in der Gruppe können im Protokoll lesen, dass etwas getan wurde.
act-button-changed = Du hast etwas anderes gewählt, darum ist noch nichts geschehen.
act-button-changed-do = Auf dem Knopf steht jetzt, was du gewählt hast. Drück ihn, wenn du das meinst.
done-act = Gespeichert. Die Person liest deine Begründung und kann jemand anderen aus der Moderation bitten, es anzusehen.
done-act-awaiting = Dein Wort ist festgehalten. Es gilt, sobald noch jemand dasselbe sagt. Seid ihr uneins, gilt das Strengere, bis zwei sich einig sind, es wieder zu zeigen.
done-act-note = Dein Brief geht innerhalb von zwei Minuten hinaus. Nur diese Person sieht ihn.
