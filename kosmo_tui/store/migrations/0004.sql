-- The write that takes a deleted post back names the write that deleted it.

ALTER TABLE outbox ADD COLUMN undoes INTEGER;
