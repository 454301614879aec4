-- Sessions of the builder, secrets of communities, the audit, and what retention needs to find what is old.

-- The key is a hash of the cookie's value, so what is stored here signs nobody in.
CREATE TABLE IF NOT EXISTS workflow_sessions (
    session_key TEXT PRIMARY KEY,
    data TEXT NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS idx_sessions_expires_at ON workflow_sessions(expires_at);

-- The value is encrypted with a key that is made from SECRET_KEY; see access/sealing.ts for its shape.
CREATE TABLE IF NOT EXISTS workflow_secrets (
    community_id INTEGER NOT NULL,
    name VARCHAR(64) NOT NULL,
    sealed TEXT NOT NULL,
    updated_by VARCHAR(64),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (community_id, name)
);

-- Append-only but for retention. summary: what changed, with "before" and "after" where there are both; never a secret.
CREATE TABLE IF NOT EXISTS workflow_audit (
    audit_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    action VARCHAR(100) NOT NULL,
    actor VARCHAR(100),
    user_id INTEGER,
    community_id INTEGER,
    workflow_id UUID,
    execution_id UUID,
    request_id UUID,
    summary JSONB NOT NULL DEFAULT '{}'
);
CREATE INDEX IF NOT EXISTS idx_audit_at ON workflow_audit(at);
CREATE INDEX IF NOT EXISTS idx_audit_workflow ON workflow_audit(workflow_id, audit_id DESC);
CREATE INDEX IF NOT EXISTS idx_audit_community ON workflow_audit(community_id, audit_id DESC);

CREATE INDEX IF NOT EXISTS idx_executions_end_time ON workflow_executions(end_time) WHERE end_time IS NOT NULL;
