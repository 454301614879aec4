-- Schedules: what firing once over all processes needs beyond the guide.
-- A fire time starts one execution because (dedupe_source, dedupe_key) of workflow_executions is unique: the source is
-- schedule:<schedule_id>, the key is the fire time. next_run_at is null while a schedule cannot fire.

-- The trigger_schedule node that a row stands for; null: made by hand. enabled is what the node or its maker says,
-- paused is said by hand of either kind.
ALTER TABLE workflow_schedules ADD COLUMN IF NOT EXISTS node_id VARCHAR(255);
ALTER TABLE workflow_schedules ADD COLUMN IF NOT EXISTS paused BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE workflow_schedules ADD COLUMN IF NOT EXISTS last_execution_id UUID;
-- The last fire time that started nothing, and why.
ALTER TABLE workflow_schedules ADD COLUMN IF NOT EXISTS last_skip_at TIMESTAMP;
ALTER TABLE workflow_schedules ADD COLUMN IF NOT EXISTS last_skip_reason TEXT;
-- Who fires it at the moment, and until when nobody else tries.
ALTER TABLE workflow_schedules ADD COLUMN IF NOT EXISTS claim UUID;
ALTER TABLE workflow_schedules ADD COLUMN IF NOT EXISTS claimed_until timestamptz;

UPDATE workflow_schedules SET enabled = COALESCE(enabled, true), run_count = COALESCE(run_count, 0),
        created_at = COALESCE(created_at, updated_at, NOW()), updated_at = COALESCE(updated_at, created_at, NOW())
    WHERE enabled IS NULL OR run_count IS NULL OR created_at IS NULL OR updated_at IS NULL;

CREATE UNIQUE INDEX IF NOT EXISTS idx_schedules_node ON workflow_schedules(workflow_id, node_id) WHERE node_id IS NOT NULL;
-- How many executions of a schedule are not over yet.
CREATE INDEX IF NOT EXISTS idx_executions_unfinished_of_schedule ON workflow_executions(dedupe_source)
    WHERE end_time IS NULL AND dedupe_source LIKE 'schedule:%';
