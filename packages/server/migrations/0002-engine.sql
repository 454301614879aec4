-- What durability and versions need beyond the guide. Timestamps that are ours are timestamptz.

-- Workflows: settings beside the graph, the revision behind ETag and If-Match, the version that triggers run.
ALTER TABLE workflows ADD COLUMN IF NOT EXISTS metadata JSONB NOT NULL DEFAULT '{}';
ALTER TABLE workflows ADD COLUMN IF NOT EXISTS revision BIGINT NOT NULL DEFAULT 1;
ALTER TABLE workflows ADD COLUMN IF NOT EXISTS published_version VARCHAR(20);
ALTER TABLE workflows ADD COLUMN IF NOT EXISTS archived_at TIMESTAMP;
CREATE INDEX IF NOT EXISTS idx_workflows_updated_at ON workflows(updated_at DESC, workflow_id);

-- Rows of other programs may lack what the guide only gives a default for.
UPDATE workflows SET status = COALESCE(status, 'draft'), version = COALESCE(version, '1.0.0'), enabled = COALESCE(enabled, true),
        global_variables = COALESCE(global_variables, '{}'), created_at = COALESCE(created_at, updated_at, NOW()),
        updated_at = COALESCE(updated_at, created_at, NOW())
    WHERE status IS NULL OR version IS NULL OR enabled IS NULL OR global_variables IS NULL OR created_at IS NULL OR updated_at IS NULL;

-- Versions: what was published, or kept before a rollback replaced it. published = false: kept, never ran.
CREATE TABLE IF NOT EXISTS workflow_versions (
    workflow_id UUID NOT NULL REFERENCES workflows(workflow_id),
    version VARCHAR(20) NOT NULL,
    number INTEGER NOT NULL,
    name VARCHAR(255),
    description TEXT,
    nodes JSONB NOT NULL,
    connections JSONB NOT NULL,
    global_variables JSONB NOT NULL,
    metadata JSONB NOT NULL,
    author_id INTEGER,
    published BOOLEAN NOT NULL DEFAULT true,
    created_at TIMESTAMP DEFAULT NOW(),
    PRIMARY KEY (workflow_id, version),
    UNIQUE (workflow_id, number)
);

CREATE OR REPLACE FUNCTION workflow_versions_are_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'version % of workflow % is immutable: it cannot be deleted', OLD.version, OLD.workflow_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    -- Only "published" may change: a version that was kept becomes a published one by a rollback to it.
    IF (to_jsonb(NEW) - 'published') IS DISTINCT FROM (to_jsonb(OLD) - 'published') THEN
        RAISE EXCEPTION 'version % of workflow % is immutable: it cannot be changed', OLD.version, OLD.workflow_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
DROP TRIGGER IF EXISTS workflow_versions_immutable ON workflow_versions;
CREATE TRIGGER workflow_versions_immutable BEFORE UPDATE OR DELETE ON workflow_versions
    FOR EACH ROW EXECUTE FUNCTION workflow_versions_are_immutable();

-- Workflows that were published before versions existed keep running: their document becomes their first version.
INSERT INTO workflow_versions
        (workflow_id, version, number, name, description, nodes, connections, global_variables, metadata, author_id, created_at)
    SELECT workflow_id, version, 1, name, description, nodes, connections, global_variables, metadata, author_id,
           COALESCE(published_at, updated_at)
    FROM workflows WHERE status = 'published' AND published_version IS NULL
    ON CONFLICT DO NOTHING;
UPDATE workflows SET published_version = version WHERE status = 'published' AND published_version IS NULL;

-- Workers: a row is a lease. Deleting it fences the worker; its heartbeat keeps it.
CREATE TABLE IF NOT EXISTS workflow_workers (
    worker_id UUID PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    heartbeat_at timestamptz NOT NULL DEFAULT now(),
    slots INTEGER NOT NULL DEFAULT 0,
    draining BOOLEAN NOT NULL DEFAULT false
);

-- Executions: where they come from, who runs them, when they are due. available_at null: nothing to claim.
ALTER TABLE workflow_executions ADD COLUMN IF NOT EXISTS community_id INTEGER;
ALTER TABLE workflow_executions ADD COLUMN IF NOT EXISTS entity_id INTEGER;
ALTER TABLE workflow_executions ADD COLUMN IF NOT EXISTS workflow_version VARCHAR(20);
ALTER TABLE workflow_executions ADD COLUMN IF NOT EXISTS trigger JSONB NOT NULL DEFAULT '{}';
ALTER TABLE workflow_executions ADD COLUMN IF NOT EXISTS principal JSONB NOT NULL DEFAULT '{}';
ALTER TABLE workflow_executions ADD COLUMN IF NOT EXISTS dedupe_source TEXT;
ALTER TABLE workflow_executions ADD COLUMN IF NOT EXISTS dedupe_key TEXT;
ALTER TABLE workflow_executions ADD COLUMN IF NOT EXISTS available_at timestamptz;
ALTER TABLE workflow_executions ADD COLUMN IF NOT EXISTS claimed_by UUID;
ALTER TABLE workflow_executions ADD COLUMN IF NOT EXISTS fence BIGINT NOT NULL DEFAULT 0;
ALTER TABLE workflow_executions ADD COLUMN IF NOT EXISTS recoveries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE workflow_executions ADD COLUMN IF NOT EXISTS cancel_requested JSONB;
ALTER TABLE workflow_executions ADD COLUMN IF NOT EXISTS deadline_at timestamptz;
ALTER TABLE workflow_executions ADD COLUMN IF NOT EXISTS retried_from UUID;
ALTER TABLE workflow_executions ADD COLUMN IF NOT EXISTS error_type VARCHAR(100);
ALTER TABLE workflow_executions ADD COLUMN IF NOT EXISTS last_sequence INTEGER NOT NULL DEFAULT 0;

UPDATE workflow_executions AS e SET community_id = w.community_id, entity_id = w.entity_id
    FROM workflows AS w WHERE w.workflow_id = e.workflow_id AND e.community_id IS NULL;

CREATE UNIQUE INDEX IF NOT EXISTS idx_executions_dedupe ON workflow_executions(dedupe_source, dedupe_key)
    WHERE dedupe_key IS NOT NULL;
CREATE INDEX IF NOT EXISTS idx_executions_claimable ON workflow_executions(available_at, community_id)
    WHERE available_at IS NOT NULL AND claimed_by IS NULL;
CREATE INDEX IF NOT EXISTS idx_executions_claimed_by ON workflow_executions(claimed_by) WHERE claimed_by IS NOT NULL;
CREATE INDEX IF NOT EXISTS idx_executions_workflow ON workflow_executions(workflow_id, start_time DESC, execution_id);

-- Events: append-only, the truth about an execution. data is JSON text: cheaper to write and to read than jsonb.
CREATE TABLE IF NOT EXISTS workflow_execution_events (
    execution_id UUID NOT NULL,
    sequence INTEGER NOT NULL,
    at timestamptz NOT NULL,
    type TEXT NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (execution_id, sequence)
);
ALTER TABLE workflow_execution_events ALTER COLUMN data SET STORAGE EXTENDED;
DO $$
BEGIN
    EXECUTE 'ALTER TABLE workflow_execution_events ALTER COLUMN data SET COMPRESSION lz4';
EXCEPTION WHEN OTHERS THEN
    NULL; -- a server before 14, or one that was built without lz4, keeps its own compression
END
$$;
