-- What was seen of the services, so that it can be shown at once, searched and read offline, and how much was asked of
-- them.  It can be read anew and is not rescued from a damaged file, all but the insights: the services forget numbers
-- by day, that of new followers after 30 days.  Times as in 0001.
-- The index of words (FTS5) is made by store/words.py, for a SQLite without FTS5 must still open the file.

CREATE TABLE items (
    number INTEGER PRIMARY KEY,  -- grows with the time of the item: a search finds the newest first without sorting
    account TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    parent TEXT NOT NULL,
    status TEXT NOT NULL,
    at INTEGER NOT NULL,  -- 9223372036854775807: none, after all others
    text TEXT NOT NULL,
    folded TEXT,  -- what the index of words reads, where that is not `text`
    content TEXT NOT NULL,
    seen_at INTEGER NOT NULL,
    UNIQUE (account, kind, id)
);

CREATE INDEX items_status ON items (account, kind, status, at, id);
CREATE INDEX items_parent ON items (account, kind, parent, status, at, id);
CREATE VIEW item_texts AS SELECT number, coalesce(folded, text) AS words FROM items;

CREATE TABLE facts (
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    content TEXT NOT NULL,
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (account, name)
) WITHOUT ROWID;

CREATE TABLE listed (
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    as_of INTEGER NOT NULL,
    cursor TEXT,
    whole INTEGER NOT NULL,
    PRIMARY KEY (account, name)
) WITHOUT ROWID;

CREATE TABLE insights (
    account TEXT NOT NULL,
    metric TEXT NOT NULL,
    day TEXT NOT NULL,  -- 2026-03-31
    value REAL NOT NULL,
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (account, metric, day)
) WITHOUT ROWID;

CREATE TABLE windows (
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    size INTEGER NOT NULL,
    remaining INTEGER NOT NULL,
    resets_at INTEGER,
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (account, name)
) WITHOUT ROWID;

CREATE TABLE spending (
    account TEXT NOT NULL,
    at INTEGER NOT NULL,
    purpose TEXT NOT NULL,
    requests INTEGER NOT NULL,
    PRIMARY KEY (account, at, purpose)
) WITHOUT ROWID;
