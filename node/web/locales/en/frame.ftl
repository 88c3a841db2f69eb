# What stands around every page.
leave-quickly = Leave quickly
leave-press-more = Press Shift 2 more times to leave.
leave-press-once = Press Shift once more to leave.
skip = Skip to the content
need-help-now = Need help now
start-page = Start page
connection = Connection
menu = Menu
short-menu = Short menu
nav-today = Today
nav-groups = Groups
nav-skills = Skills
nav-people = People
nav-calendar = Calendar
nav-settings = Settings
nav-more = More
lost-touch = The page lost touch with Kith on this device.
reload = Reload
lock-soon = Kith will lock soon. What you are writing is kept.
stay = Stay
lock-now = Lock now
not-done = That did not work. What you wrote is still here.
in-group = In { $group }
room-posts = Posts
room-needs-reply = Needs a reply
room-circles = Circles
room-library = Library
room-members = Members
room-about = About
room-desk = Desk
connection-no-group = You are in no group yet.
connection-catching-up = Catching up.
connection-nodes = { $nodes ->
    [one] Connected to 1 node.
   *[other] Connected to { $nodes } nodes.
}
connection-none = Looking for other members. You can write. It will go out later.
connection-last = Last exchange: { $when }.
done-saved = Saved.
done-sent = Saved. It goes out as soon as another member’s node is reachable.
done-acknowledged = Saved.
done-taken-back = Taken back.
show = Show
fold-again = Fold again
send = Send
go-on = Go on
