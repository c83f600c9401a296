-- The index of words takes account, kind, parent and status in, so that a filter costs what it finds and not what it
-- leaves out.  Each is one word of letters and digits: nothing that a text could hold is taken for it.
-- The index itself is made anew by store/words.py at the next use.

DROP VIEW item_texts;
CREATE VIEW item_words_source AS SELECT
    number,
    coalesce(folded, text) AS words,
    'a' || hex(account) || ' k' || hex(kind) || ' p' || hex(parent) || ' s' || hex(status) AS tags
FROM items;
INSERT OR REPLACE INTO facts VALUES ('', 'words', '', 0);
