from django.db import migrations

PROTECT = """
CREATE FUNCTION paper_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.frozen_at IS NOT NULL AND (
        TG_OP = 'DELETE'
        OR (NEW.template, NEW.number, NEW.title, NEW.data, NEW.corpus_digest, NEW.unit_id, NEW.path, NEW.frozen_at,
            NEW.pdf_sha256, NEW.signer_post_id, NEW.signer_name, NEW.acting_for_id)
        IS DISTINCT FROM
           (OLD.template, OLD.number, OLD.title, OLD.data, OLD.corpus_digest, OLD.unit_id, OLD.path, OLD.frozen_at,
            OLD.pdf_sha256, OLD.signer_post_id, OLD.signer_name, OLD.acting_for_id)
    ) THEN
        RAISE EXCEPTION 'paper % is frozen: % refused', OLD.id, TG_OP
            USING ERRCODE = 'insufficient_privilege', HINT = 'withdraw it and make a new paper';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER paper_paper_refuse_change BEFORE UPDATE OR DELETE ON paper_paper
    FOR EACH ROW EXECUTE FUNCTION paper_refuse_change();
"""

EXPOSE = """
DROP TRIGGER paper_paper_refuse_change ON paper_paper;
DROP FUNCTION paper_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("paper", "0001_initial")]

    operations = [migrations.RunSQL(PROTECT, EXPOSE)]
