-- Drafts with their history, and the journal of writes.  Times are microseconds since 1970 in UTC.
-- Nothing here needs more than SQLite 3.34 (RHEL 9): no STRICT, no RETURNING.

CREATE TABLE drafts (
    id TEXT PRIMARY KEY NOT NULL,
    account TEXT NOT NULL,
    content TEXT NOT NULL,
    place TEXT NOT NULL,
    words TEXT NOT NULL,
    version INTEGER NOT NULL,
    change INTEGER NOT NULL,  -- grows with every change of any draft: the order of changes whatever the clock says
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    deleted_at INTEGER
);

CREATE TABLE draft_versions (
    draft_id TEXT NOT NULL REFERENCES drafts (id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    content TEXT NOT NULL,
    at INTEGER NOT NULL,
    UNIQUE (draft_id, version)
);

CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,  -- ids of withdrawn writes never come again
    batch TEXT NOT NULL,
    account TEXT NOT NULL,
    kind TEXT NOT NULL,
    target TEXT NOT NULL,
    profile_id TEXT,
    network TEXT NOT NULL,
    label TEXT NOT NULL,
    request TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    summary TEXT NOT NULL,
    draft_id TEXT,
    not_before INTEGER,
    reason TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'confirmed', 'refused', 'unknown')),
    owner TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    reference TEXT NOT NULL,
    remote_id TEXT NOT NULL,
    link TEXT NOT NULL,
    note TEXT NOT NULL,
    hint TEXT NOT NULL,
    answer TEXT NOT NULL,
    evidence TEXT NOT NULL,
    resolved TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    sent_at INTEGER,
    settled_at INTEGER
);

CREATE INDEX outbox_state ON outbox (state);
CREATE INDEX outbox_target ON outbox (target, fingerprint);
