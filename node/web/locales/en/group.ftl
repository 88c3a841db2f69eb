# A group.
group-unknown = A group that is still opening
group-write = Write a post
group-empty = Nobody has written yet. You could begin, or just be here.
group-waiting = You are not in this group yet. Finding someone from it can take minutes. Your node goes on trying by itself.
new-posts = New posts have arrived. Show them
older-posts = Show older posts
some-hidden = Some posts are hidden, by your choice.
show-hidden = Show them
about-group-today = About this group today
quiet-hours = Nobody is on duty now
quiet-hours-said = Members may still be reading.
what-we-agreed = What we agreed
read-all-agreements = Read all agreements
