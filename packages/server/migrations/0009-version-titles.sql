-- What people call a version, and why they made it. Labels beside the version: they may change, what was frozen may not.
ALTER TABLE workflow_versions ADD COLUMN IF NOT EXISTS title VARCHAR(120);
ALTER TABLE workflow_versions ADD COLUMN IF NOT EXISTS note TEXT;

CREATE OR REPLACE FUNCTION workflow_versions_are_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'version % of workflow % is immutable: it cannot be deleted', OLD.version, OLD.workflow_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    -- Only "published" may change, as a version that was kept becomes a published one by a rollback to it, and the labels.
    IF (to_jsonb(NEW) - '{published,title,note}'::text[]) IS DISTINCT FROM (to_jsonb(OLD) - '{published,title,note}'::text[]) THEN
        RAISE EXCEPTION 'version % of workflow % is immutable: it cannot be changed', OLD.version, OLD.workflow_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
