-- Executions that run one after the other: on_overlap "queue". Those with the same key begin in the order of their ids,
-- which begin with their time.
ALTER TABLE workflow_executions ADD COLUMN IF NOT EXISTS queue_key UUID;
CREATE INDEX IF NOT EXISTS idx_executions_queue ON workflow_executions(queue_key, execution_id)
    WHERE queue_key IS NOT NULL AND status IN ('queued', 'running', 'waiting');
