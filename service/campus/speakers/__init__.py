"""Who speaks: a conversation, the holder of a link, who has proved an e-mail address, staff, or anybody."""
