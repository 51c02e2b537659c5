"""Mail from mailboxes: read by IMAP, filed to whom it is from or to."""
