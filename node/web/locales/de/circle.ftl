# Runden: sie ankündigen, ihr Vorraum, ihr Raum.
circles-lead = Ein paar Menschen zur selben Zeit, zum Reden und um gehört zu werden. Weitergeben ist so gut wie sprechen.
circles-none = Keine Runde ist angekündigt. Du könntest eine leiten.
circles-past = Runden, die schon waren
circles-about = Zu den Runden
circles-host = Eine Runde leiten
circles-host-said = Das können alle. Die ganze Gruppe sieht es.
circles-how = Wie es abläuft
circles-how-said = Bis zu acht Menschen, etwa eine Stunde lang. Keine Uhr schneidet jemandem das Wort ab. Von dem, was gesagt wird, wird am Ende nichts aufbewahrt. Was andere im Gedächtnis behalten oder kopieren, liegt bei ihnen.
circle-you-are-in-it = Du bist dabei
circle-to-come = Kommt noch
circle-has-been = Diese Runde ist vorbei
circle-announce = Runde ankündigen
circle-announce-hint = Die ganze Gruppe sieht es. Bis die Runde beginnt, kannst du sie absagen.
done-announced = Angekündigt. Andere sehen es, sobald ihre Knoten erreicht sind.
done-called-off = Abgesagt. Andere sehen die Runde nicht mehr.
done-left-circle = Du hast die Runde verlassen. Von dem, was gesagt wurde, wird auf diesem Gerät nichts aufbewahrt. Solange sie läuft, kannst du zurückkommen.
form-day = Tag
form-time = Uhrzeit
form-zone = Nach der Uhr dieses Geräts: { $zone }.
circle-minutes = Ungefähr wie viele Minuten
circle-minutes-hint = Danach endet nichts von selbst.
circle-form = Wie gesprochen wird
circle-form-rounds = Der Reihe nach
circle-form-rounds-hint = Eine Person nach der anderen spricht, in einem oder mehreren Durchgängen. Währenddessen spricht sonst niemand.
circle-form-open-floor = Frei
circle-form-open-floor-hint = Es spricht, wer mag.
circle-form-support = Zeit für jede Person
circle-form-support-hint = Reihum hat jede Person Zeit für sich. Die anderen dürfen antworten.
circle-size = Plätze
circle-seats = { $seats ->
   *[other] { $seats } Plätze
}
circle-host = Wer die Runde leitet
circle-host-me = Ich
circle-co-host = Wer vertritt, wenn die Leitung ausfällt
circle-co-host-none = Niemand
circle-co-host-hint = Vertritt niemand, endet die Runde von selbst, wenn die Leitung wegbleibt.
circle-opening = Worte zum Anfang
circle-prompts = Worum es in den Durchgängen geht
circle-prompts-hint = Eine Zeile für jeden Durchgang. Du kannst das weglassen.
circle-closing = Worte zum Schluss
circle-soft = Nach wie vielen Minuten gebeten wird, zum Ende zu kommen
circle-soft-hint = Niemandem wird dadurch das Wort abgeschnitten. Lass es frei, wenn niemand gebeten werden soll.
circle-wrong-time = Das ist kein Tag mit Uhrzeit.
circle-wrong-number = In einem der Felder fehlt die Zahl der Minuten.
circle-wrong-hint = Sieh es dir noch einmal an. Was du geschrieben hast, ist noch da.
circle-heading = Runde: { $when }
circle-about-minutes = { $minutes ->
    [one] Etwa eine Minute.
   *[other] Etwa { $minutes } Minuten.
}
circle-nothing-kept = Wenn sie endet, wird nichts davon aufbewahrt.
circle-starts = Beginnt: { $when }
circle-half-an-hour = Ab einer halben Stunde vorher kannst du hingehen.
circle-lobby-said = Du kannst kommen und nur zuhören. Du kannst jedes Mal weitergeben und jederzeit gehen.
circle-past-said = Von dem, was gesagt wurde, wurde nichts aufbewahrt.
circle-i-am-here = Ich bin da
circle-call-off = Absagen
circle-slower = Ohne Skripte aktualisiert sich diese Seite nicht von selbst.
circle-look-again = Noch einmal nachsehen
circle-aside = Diese Runde und dein Platz
circle-agenda = Diese Runde
circle-agenda-opening = Anfang
circle-agenda-round = Durchgang { $round }: { $prompt }
circle-agenda-rounds = Durchgänge
circle-now = jetzt
circle-opening-words = Worte zum Anfang
circle-if-a-node-drops = Fällt der Knoten der Person aus, die gerade leitet, übernimmt nach etwa einer Minute, wer als Leitung oder Vertretung noch da ist. Fällt deiner aus, kannst du zurückkommen.
circle-asking = Du bist auf dem Weg hinein
circle-asking-said = Die anderen werden gesucht. Wer die Runde leitet, lässt dich herein. Das kann eine Minute dauern.
circle-waiting = Ein Durchgang läuft gerade
circle-waiting-said = Wenn er vorbei ist, kommst du von selbst hinein.
circle-full = Gerade sind alle Plätze besetzt
circle-full-said = Sobald einer frei ist, kommst du von selbst hinein.
circle-closed = Die Runde ist zu Ende
circle-left = Du hast die Runde verlassen
circle-elsewhere = Du bist jetzt mit einem anderen Gerät in dieser Runde
circle-unled = Leitung und Vertretung waren lange weg, darum ist die Runde zu Ende
circle-gone = Was gesagt wurde, ist von diesem Gerät verschwunden.
circle-you = du
circle-your-turn = Du bist dran
circle-has-the-turn = { $name } ist dran
circle-then = Danach: { $names }.
circle-come-to-an-end = Komm zum Ende, wenn du so weit bist. Niemand schneidet dir das Wort ab.
circle-between = Der Durchgang ist vorbei
circle-between-said = Bis der nächste beginnt, dürfen alle sprechen.
circle-between-lead = Alle dürfen sprechen. Beginne den nächsten Durchgang, wann du magst.
circle-gathering = Alle kommen nach und nach an
circle-gathering-said = Es geht los, wenn die Leitung es sagt. Bis dahin dürfen alle sprechen.
circle-gathering-lead = Beginne, wann du magst. Bis dahin dürfen alle sprechen.
circle-gathering-short = Ankommen
circle-floor = Alle dürfen sprechen
circle-floor-short = Freies Sprechen
circle-last-words = Letzte Worte
circle-last-words-said = Die Runde endet gleich. Was gesagt wurde, ist dann verschwunden.
circle-paused = Eine Pause. Es hat keine Eile.
circle-nobody-leads = Gerade leitet niemand, darum dürfen alle sprechen. Kommen weder Leitung noch Vertretung zurück, endet die Runde nach zehn Minuten von selbst.
circle-nothing-heard = Von { $name } ist gerade nichts zu hören. Wenn das so bleibt, geht es ohne diese Person weiter.
circle-dropped-out = Der Knoten von { $host } ist ausgefallen. { $name } leitet jetzt die Runde.
circle-dropped-out-you = Der Knoten von { $host } ist ausgefallen. Du leitest jetzt die Runde.
circle-you-lead = Du leitest jetzt die Runde.
circle-leads-now = { $name } leitet jetzt die Runde.
circle-contradicts = Was vom Gerät von { $name } kommt, widerspricht sich. Darum wird davon nichts mehr gezeigt.
circle-somebody-waits = Jemand wartet darauf, zwischen zwei Durchgängen hereinzukommen.
circle-share = Mitteilen
circle-pass = Weitergeben
circle-minute = Ich brauche einen Moment
circle-share-more = Mitteilen und weiterreden
circle-nobody-cuts-off = Niemand schneidet dir das Wort ab. Nichts davon wird gespeichert.
circle-seats-heading = Plätze in dieser Runde
circle-seat-you = Du
circle-seat-speaking = Spricht
circle-seat-next = Als Nächstes
circle-seat-host = Leitet
circle-seat-co-host = Vertritt
circle-seat-minute = braucht einen Moment
circle-seat-silent = gerade nicht zu hören
circle-round = { $round ->
    [1] Erster Durchgang
    [2] Zweiter Durchgang
    [3] Dritter Durchgang
   *[other] Durchgang { $round }
}
circle-of-rounds = { $rounds ->
    [2] von zweien
    [3] von dreien
   *[other] von { $rounds }
}
circle-said = Was gesagt wurde
circle-gone-when-closed = Verschwindet, wenn die Runde endet
circle-not-yet = Noch hat das niemand sonst.
circle-lost = Das hat niemanden erreicht, weil die Runde neu begonnen hat. Sag es noch einmal, wenn du magst.
circle-leading = Du kümmerst dich um diese Runde
circle-leading-said = Wer dran ist, wird zuerst gebeten, zum Ende zu kommen. Eine Viertelminute später kannst du das Wort weitergeben.
circle-act-begin = Beginnen
circle-act-next-round = Nächsten Durchgang beginnen
circle-act-ask-to-end = Bitten, zum Ende zu kommen
circle-act-next-turn = Das Wort weitergeben
circle-act-pause = Pause machen
circle-act-resume = Weitermachen
circle-act-hand-over = Die Leitung übergeben
circle-act-lead = Ab jetzt leiten
circle-act-close = Runde beenden
circle-your-seat = Dein Platz
circle-leave = Runde verlassen
circle-leave-said = Du brauchst keinen Grund. Andere sehen nur einen leeren Platz. Wenn diese Seite fünf Minuten lang nirgends offen ist, verlässt du die Runde von selbst.
you-beside = du
