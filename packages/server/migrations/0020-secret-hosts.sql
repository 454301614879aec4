-- Where a secret may be sent: host names, "*.example.org" for all below one, with a port where only that one is meant.
-- NULL: anywhere that workflows may call.
ALTER TABLE workflow_secrets ADD COLUMN IF NOT EXISTS hosts TEXT[];
