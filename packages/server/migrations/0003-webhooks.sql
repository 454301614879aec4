-- What webhooks need beyond the guide: signatures of other senders, replay windows, rotation with an overlap, a page of
-- recent deliveries, and the window that limits count in when there is no Redis.

ALTER TABLE workflow_webhooks ADD COLUMN IF NOT EXISTS signature_scheme VARCHAR(32) NOT NULL DEFAULT 'workflow_core';
ALTER TABLE workflow_webhooks ADD COLUMN IF NOT EXISTS timestamp_window_seconds INTEGER;
-- The secret that the sender drew and not we (Stripe, Slack, …); it counts instead of secret where it is set.
ALTER TABLE workflow_webhooks ADD COLUMN IF NOT EXISTS sender_secret TEXT;
ALTER TABLE workflow_webhooks ADD COLUMN IF NOT EXISTS previous_secret TEXT;
ALTER TABLE workflow_webhooks ADD COLUMN IF NOT EXISTS previous_secret_expires_at timestamptz;

-- Rows of other programs may lack what the guide only gives a default for.
UPDATE workflow_webhooks SET enabled = COALESCE(enabled, true), require_signature = COALESCE(require_signature, true),
        rate_limit_max = COALESCE(rate_limit_max, 60), rate_limit_window = COALESCE(rate_limit_window, 60),
        trigger_count = COALESCE(trigger_count, 0), created_at = COALESCE(created_at, NOW()), updated_at = COALESCE(updated_at, NOW())
    WHERE enabled IS NULL OR require_signature IS NULL OR rate_limit_max IS NULL OR rate_limit_window IS NULL
       OR trigger_count IS NULL OR created_at IS NULL OR updated_at IS NULL;

-- Deliveries: what became of the last calls of a webhook. A call that was taken has a row of its own; refused calls are
-- counted, one row per reason and minute. Of either kind the newest hundred are kept.
CREATE TABLE IF NOT EXISTS workflow_webhook_deliveries (
    webhook_id UUID NOT NULL REFERENCES workflow_webhooks(webhook_id) ON DELETE CASCADE,
    entry TEXT NOT NULL,
    at timestamptz NOT NULL,
    outcome VARCHAR(16) NOT NULL,
    code VARCHAR(50),
    detail TEXT,
    calls INTEGER NOT NULL DEFAULT 1,
    delivery_id TEXT,
    execution_id UUID,
    PRIMARY KEY (webhook_id, entry)
);
CREATE INDEX IF NOT EXISTS idx_webhook_deliveries_at ON workflow_webhook_deliveries(webhook_id, at DESC);

-- Sliding windows: the hits that a limit has let through, numbered without gaps in the order of their times.
-- Unlogged: after a crash of the server a window begins anew, and nothing else is lost.
CREATE UNLOGGED TABLE IF NOT EXISTS workflow_rate_hits (
    key TEXT NOT NULL,
    number BIGINT NOT NULL,
    at timestamptz NOT NULL,
    id TEXT NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (key, number)
);

-- Counts one hit, exactly: all who hit a key take their turns, and time never runs backwards within a key. The cost
-- does not grow with the limit. known: hits that were let through elsewhere, with their ages in seconds; those that are
-- told a second time count once.
CREATE OR REPLACE FUNCTION workflow_rate_hit(
    hit_key TEXT, hit_max INTEGER, hit_seconds DOUBLE PRECISION, hit_id TEXT, known_ids TEXT[], known_ages DOUBLE PRECISION[],
    OUT allowed BOOLEAN, OUT remaining INTEGER, OUT reset_seconds DOUBLE PRECISION
) LANGUAGE plpgsql VOLATILE
-- Plans are made while the table is small, and kept while it grows: they must be those for a large one.
SET enable_seqscan TO off SET enable_bitmapscan TO off AS $$
DECLARE
    width INTERVAL := make_interval(secs => hit_seconds);
    moment timestamptz;
    first_number BIGINT;
    first_at timestamptz;
    last_number BIGINT;
    last_at timestamptz;
    told BIGINT;
    taken BIGINT;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('workflow_rate_hits:' || hit_key, 0));
    SELECT number, at INTO last_number, last_at FROM workflow_rate_hits WHERE key = hit_key ORDER BY number DESC LIMIT 1;
    IF last_at > clock_timestamp() + width THEN -- the server's clock was set back: what it said then means nothing now
        DELETE FROM workflow_rate_hits WHERE key = hit_key;
        last_number := NULL;
        last_at := NULL;
    END IF;
    moment := greatest(clock_timestamp(), last_at);
    last_number := coalesce(last_number, 0);
    IF cardinality(known_ids) > 0 THEN
        INSERT INTO workflow_rate_hits (key, number, at, id, expires_at)
        SELECT hit_key, last_number + row_number() OVER (ORDER BY k.age DESC), greatest(moment - make_interval(secs => k.age), last_at),
               k.id, moment + width
        FROM unnest(known_ids, known_ages) AS k(id, age)
        WHERE k.age < hit_seconds AND NOT EXISTS (SELECT 1 FROM workflow_rate_hits AS h WHERE h.key = hit_key AND h.id = k.id);
        GET DIAGNOSTICS told = ROW_COUNT;
        last_number := last_number + told;
    END IF;
    SELECT number, at INTO first_number, first_at FROM workflow_rate_hits
        WHERE key = hit_key AND at > moment - width ORDER BY number LIMIT 1;
    DELETE FROM workflow_rate_hits WHERE key = hit_key AND number < coalesce(first_number, last_number + 1);
    taken := CASE WHEN first_number IS NULL THEN 0 ELSE last_number - first_number + 1 END;
    allowed := taken < hit_max;
    IF allowed THEN
        INSERT INTO workflow_rate_hits (key, number, at, id, expires_at) VALUES (hit_key, last_number + 1, moment, hit_id, moment + width);
        taken := taken + 1;
    END IF;
    remaining := greatest(0, hit_max - taken);
    reset_seconds := extract(epoch FROM coalesce(first_at, moment) + width - moment);
END
$$;
