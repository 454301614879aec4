-- Commands and events in: which triggers are live, what became of each event, cooldowns, and turns of workflows whose
-- executions may not overlap.

-- The enabled command and event triggers of published workflows. Kept in step by the database itself, in the transaction
-- that publishes, switches off or archives, whichever program does it.
CREATE TABLE IF NOT EXISTS workflow_triggers (
    workflow_id UUID NOT NULL REFERENCES workflows(workflow_id) ON DELETE CASCADE,
    node_id VARCHAR(255) NOT NULL,
    version VARCHAR(20) NOT NULL,
    community_id INTEGER NOT NULL,
    entity_id INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('command', 'event')),
    match_key TEXT NOT NULL,
    config JSONB NOT NULL,
    PRIMARY KEY (workflow_id, node_id)
);
CREATE INDEX IF NOT EXISTS idx_triggers_match ON workflow_triggers(community_id, kind, match_key);

-- The transaction in which a workflow's triggers last changed. Who knows a snapshot finds by it what came after: a
-- transaction that the snapshot did not see has a number that is not below the snapshot's xmin.
ALTER TABLE workflows ADD COLUMN IF NOT EXISTS triggers_changed xid8;
CREATE INDEX IF NOT EXISTS idx_workflows_triggers_changed ON workflows(triggers_changed) WHERE triggers_changed IS NOT NULL;

CREATE OR REPLACE FUNCTION workflow_trigger_rows(workflow UUID, of_version VARCHAR, community INTEGER, entity INTEGER)
RETURNS SETOF workflow_triggers LANGUAGE sql STABLE AS $$
    SELECT * FROM (
        SELECT v.workflow_id, node.key::varchar(255), v.version, community, entity,
            CASE node.value ->> 'node_type' WHEN 'trigger_command' THEN 'command' WHEN 'trigger_event' THEN 'event' END AS kind,
            CASE node.value ->> 'node_type'
                WHEN 'trigger_command' THEN lower(regexp_replace(node.value -> 'config' ->> 'command_name', '^[!/](.)', '\1'))
                WHEN 'trigger_event' THEN node.value -> 'config' ->> 'event_type' END AS match_key,
            node.value -> 'config'
        FROM workflow_versions AS v
        CROSS JOIN LATERAL jsonb_each(CASE jsonb_typeof(v.nodes) WHEN 'object' THEN v.nodes ELSE '{}' END) AS node
        WHERE v.workflow_id = workflow AND v.version = of_version AND node.value ->> 'enabled' IS DISTINCT FROM 'false') AS found
    WHERE kind IS NOT NULL AND match_key IS NOT NULL
$$;

CREATE OR REPLACE FUNCTION workflow_triggers_mark() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.triggers_changed := pg_current_xact_id();
    RETURN NEW;
END
$$;

-- Plans are kept for as long as a session lives. Made while a table was small, one may read it whole for ever after; so
-- these functions may not (enable_seqscan).
CREATE OR REPLACE FUNCTION workflow_triggers_follow() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
    DELETE FROM workflow_triggers WHERE workflow_id = NEW.workflow_id;
    IF NEW.status = 'published' AND coalesce(NEW.enabled, true) THEN
        INSERT INTO workflow_triggers
            SELECT * FROM workflow_trigger_rows(NEW.workflow_id, NEW.published_version, NEW.community_id, NEW.entity_id);
    END IF;
    PERFORM pg_notify('workflow_core_triggers', NEW.community_id::text);
    RETURN NULL;
END
$$;

DROP TRIGGER IF EXISTS workflow_triggers_mark_insert ON workflows;
CREATE TRIGGER workflow_triggers_mark_insert BEFORE INSERT ON workflows
    FOR EACH ROW WHEN (NEW.status = 'published') EXECUTE FUNCTION workflow_triggers_mark();
DROP TRIGGER IF EXISTS workflow_triggers_mark_update ON workflows;
CREATE TRIGGER workflow_triggers_mark_update BEFORE UPDATE ON workflows FOR EACH ROW
    WHEN ((OLD.status, OLD.enabled, OLD.published_version, OLD.community_id, OLD.entity_id)
        IS DISTINCT FROM (NEW.status, NEW.enabled, NEW.published_version, NEW.community_id, NEW.entity_id))
    EXECUTE FUNCTION workflow_triggers_mark();
DROP TRIGGER IF EXISTS workflow_triggers_follow_insert ON workflows;
CREATE TRIGGER workflow_triggers_follow_insert AFTER INSERT ON workflows
    FOR EACH ROW WHEN (NEW.status = 'published') EXECUTE FUNCTION workflow_triggers_follow();
DROP TRIGGER IF EXISTS workflow_triggers_follow_update ON workflows;
CREATE TRIGGER workflow_triggers_follow_update AFTER UPDATE ON workflows FOR EACH ROW
    WHEN ((OLD.status, OLD.enabled, OLD.published_version, OLD.community_id, OLD.entity_id)
        IS DISTINCT FROM (NEW.status, NEW.enabled, NEW.published_version, NEW.community_id, NEW.entity_id))
    EXECUTE FUNCTION workflow_triggers_follow();

INSERT INTO workflow_triggers
    SELECT found.* FROM workflows AS w
    CROSS JOIN LATERAL workflow_trigger_rows(w.workflow_id, w.published_version, w.community_id, w.entity_id) AS found
    WHERE w.status = 'published' AND coalesce(w.enabled, true)
    ON CONFLICT DO NOTHING;

-- The trigger log: one line for each trigger that an event met, whether it started something or why not.
CREATE TABLE IF NOT EXISTS workflow_trigger_log (
    log_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    community_id INTEGER NOT NULL,
    workflow_id UUID NOT NULL,
    node_id VARCHAR(255) NOT NULL,
    trigger TEXT NOT NULL,
    platform TEXT NOT NULL,
    user_id TEXT NOT NULL,
    user_name TEXT NOT NULL,
    roles TEXT[] NOT NULL,
    outcome TEXT NOT NULL,
    detail TEXT,
    delivery_id TEXT NOT NULL,
    execution_id UUID
);
CREATE INDEX IF NOT EXISTS idx_trigger_log_community ON workflow_trigger_log(community_id, at DESC, log_id DESC);
CREATE INDEX IF NOT EXISTS idx_trigger_log_workflow ON workflow_trigger_log(workflow_id, at DESC, log_id DESC);
CREATE INDEX IF NOT EXISTS idx_trigger_log_at ON workflow_trigger_log(at);

-- Cooldowns: until when a key is held, and by which delivery, so that the same delivery is not refused by its own.
CREATE TABLE IF NOT EXISTS workflow_cooldowns (
    key TEXT PRIMARY KEY,
    until timestamptz NOT NULL,
    owner TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS idx_cooldowns_until ON workflow_cooldowns(until);

-- Takes all of the keys for their seconds, or none. Rows come back when it took none: 'duplicate' with the execution
-- that the delivery has started already, or 'held' with each key that is still held and for how long. The keys come in
-- one order from everybody, so nobody waits in a circle.
CREATE OR REPLACE FUNCTION workflow_take_cooldowns(delivery TEXT, source TEXT, keys TEXT[], seconds FLOAT8[])
RETURNS TABLE (verdict TEXT, held_key TEXT, seconds_left FLOAT8, started UUID) LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    place INTEGER;
BEGIN
    RETURN QUERY SELECT 'duplicate'::text, NULL::text, NULL::float8, e.execution_id
        FROM workflow_executions AS e WHERE e.dedupe_source = source AND e.dedupe_key = delivery;
    IF FOUND THEN RETURN; END IF;
    -- Looked at before anything is written: a command that is repeated while it cools down costs one read.
    RETURN QUERY SELECT 'held'::text, c.key, extract(epoch FROM c.until - clock_timestamp())::float8, NULL::uuid
        FROM workflow_cooldowns AS c WHERE c.key = ANY(keys) AND c.until > clock_timestamp() AND c.owner <> delivery;
    IF FOUND THEN RETURN; END IF;
    BEGIN
        FOR place IN 1 .. cardinality(keys) LOOP
            INSERT INTO workflow_cooldowns AS c (key, until, owner)
                VALUES (keys[place], clock_timestamp() + make_interval(secs => seconds[place]), delivery)
                ON CONFLICT (key) DO UPDATE SET until = excluded.until, owner = excluded.owner
                WHERE c.until <= clock_timestamp() OR c.owner = excluded.owner;
            IF NOT FOUND THEN RAISE EXCEPTION 'somebody was faster' USING ERRCODE = 'WFC01'; END IF;
        END LOOP;
    EXCEPTION WHEN SQLSTATE 'WFC01' THEN
        RETURN QUERY SELECT 'held'::text, k, greatest(0, extract(epoch FROM c.until - clock_timestamp()))::float8, NULL::uuid
            FROM unnest(keys) AS k JOIN workflow_cooldowns AS c ON c.key = k WHERE c.owner <> delivery;
        IF NOT FOUND THEN
            RETURN QUERY SELECT 'held'::text, keys[1], 0::float8, NULL::uuid;
        END IF;
    END;
END
$$;

-- Turns: the execution that a workflow with on_overlap "skip" is busy with. It is noted before the execution is stored.
CREATE TABLE IF NOT EXISTS workflow_turns (
    workflow_id UUID PRIMARY KEY REFERENCES workflows(workflow_id) ON DELETE CASCADE,
    execution_id UUID NOT NULL,
    taken_at timestamptz NOT NULL
);
