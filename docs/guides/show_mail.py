#!/usr/bin/env python3
"""Shows the newest mail of a Maildir folder as somebody reads it: show_mail.py FOLDER."""
import email
import email.policy
import mailbox
import sys

box = mailbox.Maildir(sys.argv[1], create=False)
newest = max(box.keys(), key=lambda key: box.get_message(key).get_date(), default=None)
if newest is None:
    sys.exit("no mail yet")
mail = email.message_from_bytes(box.get_bytes(newest), policy=email.policy.default)
for name in ("From", "To", "Subject"):
    print(f"{name}: {mail[name]}")
print()
print(mail.get_body(("plain",)).get_content().strip())
