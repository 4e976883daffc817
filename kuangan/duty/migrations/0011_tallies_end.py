from django.db import migrations

# Every column that a tally rests on; the moments of the ladder are no part of it.
END = """
CREATE FUNCTION duty_end_tally() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO duty_tallyend (opening_id)
        SELECT id FROM duty_opening
        WHERE id IN (OLD.opening_id, NEW.opening_id)
            AND EXISTS (SELECT 1 FROM duty_openingtally WHERE opening_id = duty_opening.id);
    RETURN NULL;
END $$;
CREATE TRIGGER duty_duty_end_tally AFTER UPDATE ON duty_duty
    FOR EACH ROW WHEN (
        (OLD.opening_id, OLD.unit_id, OLD.measure, OLD.first_on, OLD.opened_at, OLD.due_at,
         OLD.grace_at, OLD.done_at, OLD.recorded_at, OLD.grade, OLD.excused_at, OLD.cancelled_at)
        IS DISTINCT FROM
        (NEW.opening_id, NEW.unit_id, NEW.measure, NEW.first_on, NEW.opened_at, NEW.due_at,
         NEW.grace_at, NEW.done_at, NEW.recorded_at, NEW.grade, NEW.excused_at, NEW.cancelled_at)
    ) EXECUTE FUNCTION duty_end_tally();

CREATE FUNCTION duty_end_tallies() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO duty_tallyend (opening_id)
        SELECT id FROM duty_opening
        WHERE id IN (SELECT opening_id FROM changed)
            AND EXISTS (SELECT 1 FROM duty_openingtally WHERE opening_id = duty_opening.id);
    RETURN NULL;
END $$;
CREATE TRIGGER duty_duty_added_end_tallies AFTER INSERT ON duty_duty
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION duty_end_tallies();
CREATE TRIGGER duty_duty_deleted_end_tallies AFTER DELETE ON duty_duty
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION duty_end_tallies();
"""

KEEP = """
DROP TRIGGER duty_duty_end_tally ON duty_duty;
DROP TRIGGER duty_duty_added_end_tallies ON duty_duty;
DROP TRIGGER duty_duty_deleted_end_tallies ON duty_duty;
DROP FUNCTION duty_end_tally();
DROP FUNCTION duty_end_tallies();
"""


class Migration(migrations.Migration):
    dependencies = [("duty", "0010_opening_tallies")]

    operations = [migrations.RunSQL(END, KEEP)]
