-- Claiming goes round the communities that wait, however many executions the first of them has in the queue. What asks
-- for the oldest of all must not take this index for it, and cannot: it does not say that there is a community.
CREATE INDEX IF NOT EXISTS idx_executions_turns ON workflow_executions(community_id, available_at)
    WHERE available_at IS NOT NULL AND claimed_by IS NULL AND community_id IS NOT NULL;
