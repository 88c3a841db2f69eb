# Wer darauf wartet, gehört zu werden.
needs-reply-lead = Auf diese Beiträge hat noch niemand geantwortet, soweit dieses Gerät weiß. Ein paar Worte reichen. Du musst es nicht sein.
everyone-heard = Niemand wartet schon lange, soweit dieses Gerät weiß. Was vor Kurzem geschrieben wurde, steht in der Gruppe.
list-has-changed = Diese Liste hat sich geändert. Neu anzeigen
waiting-since = Wartet seit: { $when }
waiting-long = Wartet seit: { $when }. Braucht jetzt jemanden
is-writing = { $name } schreibt gerade eine Antwort. Du kannst gern auch schreiben.
help-with-replying = Hilfe beim Antworten
small-ways = Drei kleine Anfänge
small-way-notice = Gib eine Sache wieder, die dir aufgefallen ist.
small-way-ask = Stell eine Frage, die auch unbeantwortet bleiben darf.
small-way-true = Sag, was für dich stimmt, und belass es dabei.
how-order-works = Wie die Reihenfolge entsteht
how-order-works-said = Wer neu ist, kommt zuerst, dann, wer am längsten wartet. Dauert es sehr lange, wird gefragt, wer gerade Dienst hat. Wenn du offline bist, kann diese Liste veraltet sein.
you-come-first = Auch du bist wichtig
you-come-first-said = Wenn du heute wenig Kraft hast, schließ diese Seite. Das darfst du.
