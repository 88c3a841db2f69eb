# Who waits to be heard.
needs-reply-lead = Nobody has answered these posts yet, as far as this device knows. A few words are enough. You do not have to be the one.
everyone-heard = Nobody has waited long, as far as this device knows. What was written lately stands in the group.
list-has-changed = This list has changed. Show it as it is now
waiting-since = Waiting since: { $when }
waiting-long = Waiting since: { $when }. Needs somebody now
is-writing = { $name } is writing a reply. You are welcome to write too.
help-with-replying = Help with replying
small-ways = Three small ways to begin
small-way-notice = Say back one thing you noticed.
small-way-ask = Ask one question that is easy not to answer.
small-way-true = Offer what is true for you, and stop there.
how-order-works = How the order works
how-order-works-said = People who are new come first, then the longest wait. If it takes very long, the person on duty is asked. This list may be out of date when you are offline.
you-come-first = You come first too
you-come-first-said = If you are low on strength today, close this page. That is allowed.
