-- When an execution was last taken over from a worker that had died, so that people see where it went on.
ALTER TABLE workflow_executions ADD COLUMN IF NOT EXISTS recovered_at timestamptz;
