-- The five tables and the indexes of the configuration guide, column for column.
-- A database that was made from the guide's own SQL is adopted as it is: everything here is "if not exists".

CREATE TABLE IF NOT EXISTS workflows (
    workflow_id UUID PRIMARY KEY,
    name VARCHAR(255) NOT NULL,
    description TEXT,
    entity_id INTEGER NOT NULL,
    community_id INTEGER NOT NULL,
    author_id INTEGER NOT NULL,
    status VARCHAR(50) DEFAULT 'draft',
    version VARCHAR(20) DEFAULT '1.0.0',
    nodes JSONB NOT NULL,
    connections JSONB NOT NULL,
    global_variables JSONB DEFAULT '{}',
    created_at TIMESTAMP DEFAULT NOW(),
    updated_at TIMESTAMP DEFAULT NOW(),
    published_at TIMESTAMP,
    enabled BOOLEAN DEFAULT true
);

CREATE TABLE IF NOT EXISTS workflow_executions (
    execution_id UUID PRIMARY KEY,
    workflow_id UUID NOT NULL REFERENCES workflows(workflow_id),
    status VARCHAR(50) NOT NULL,
    start_time TIMESTAMP NOT NULL,
    end_time TIMESTAMP,
    execution_time_seconds DECIMAL(10, 3),
    nodes_executed INTEGER DEFAULT 0,
    execution_path JSONB DEFAULT '[]',
    node_states JSONB DEFAULT '{}',
    final_variables JSONB DEFAULT '{}',
    final_output JSONB,
    error_message TEXT,
    error_node_id VARCHAR(255),
    created_at TIMESTAMP DEFAULT NOW()
);

CREATE TABLE IF NOT EXISTS workflow_webhooks (
    webhook_id UUID PRIMARY KEY,
    workflow_id UUID NOT NULL REFERENCES workflows(workflow_id),
    token VARCHAR(64) UNIQUE NOT NULL,
    secret VARCHAR(64) NOT NULL,
    name VARCHAR(255) NOT NULL,
    description TEXT,
    url VARCHAR(512),
    enabled BOOLEAN DEFAULT true,
    require_signature BOOLEAN DEFAULT true,
    ip_allowlist TEXT[],
    rate_limit_max INTEGER DEFAULT 60,
    rate_limit_window INTEGER DEFAULT 60,
    created_at TIMESTAMP DEFAULT NOW(),
    updated_at TIMESTAMP DEFAULT NOW(),
    last_triggered_at TIMESTAMP,
    trigger_count INTEGER DEFAULT 0,
    last_execution_id UUID
);

CREATE TABLE IF NOT EXISTS workflow_permissions (
    permission_id SERIAL PRIMARY KEY,
    workflow_id UUID NOT NULL REFERENCES workflows(workflow_id),
    user_id INTEGER,
    role_id INTEGER,
    community_id INTEGER,
    can_view BOOLEAN DEFAULT false,
    can_edit BOOLEAN DEFAULT false,
    can_delete BOOLEAN DEFAULT false,
    can_execute BOOLEAN DEFAULT false,
    created_at TIMESTAMP DEFAULT NOW()
);

CREATE TABLE IF NOT EXISTS workflow_schedules (
    schedule_id UUID PRIMARY KEY,
    workflow_id UUID NOT NULL REFERENCES workflows(workflow_id),
    name VARCHAR(255) NOT NULL,
    cron_expression VARCHAR(255) NOT NULL,
    enabled BOOLEAN DEFAULT true,
    timezone VARCHAR(50) DEFAULT 'UTC',
    last_run_at TIMESTAMP,
    next_run_at TIMESTAMP,
    run_count INTEGER DEFAULT 0,
    created_at TIMESTAMP DEFAULT NOW(),
    updated_at TIMESTAMP DEFAULT NOW()
);

-- Workflow indexes
CREATE INDEX IF NOT EXISTS idx_workflows_entity_id ON workflows(entity_id);
CREATE INDEX IF NOT EXISTS idx_workflows_community_id ON workflows(community_id);
CREATE INDEX IF NOT EXISTS idx_workflows_status ON workflows(status);
CREATE INDEX IF NOT EXISTS idx_workflows_author_id ON workflows(author_id);

-- Execution indexes
CREATE INDEX IF NOT EXISTS idx_executions_workflow_id ON workflow_executions(workflow_id);
CREATE INDEX IF NOT EXISTS idx_executions_status ON workflow_executions(status);
CREATE INDEX IF NOT EXISTS idx_executions_start_time ON workflow_executions(start_time DESC);

-- Webhook indexes
CREATE INDEX IF NOT EXISTS idx_webhooks_workflow_id ON workflow_webhooks(workflow_id);
CREATE INDEX IF NOT EXISTS idx_webhooks_token ON workflow_webhooks(token);

-- Permission indexes
CREATE INDEX IF NOT EXISTS idx_permissions_workflow_id ON workflow_permissions(workflow_id);
CREATE INDEX IF NOT EXISTS idx_permissions_user_id ON workflow_permissions(user_id);
CREATE INDEX IF NOT EXISTS idx_permissions_community_id ON workflow_permissions(community_id);

-- Schedule indexes
CREATE INDEX IF NOT EXISTS idx_schedules_workflow_id ON workflow_schedules(workflow_id);
CREATE INDEX IF NOT EXISTS idx_schedules_next_run ON workflow_schedules(next_run_at) WHERE enabled = true;
