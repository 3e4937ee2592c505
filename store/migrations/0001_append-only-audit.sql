-- The audit log only grows. The third trigger closes the door that INSERT OR REPLACE would leave open.
CREATE TRIGGER `audit_log_refuses_update` BEFORE UPDATE ON `audit_log`
BEGIN
	SELECT RAISE(ABORT, 'audit_log is append only');
END;
--> statement-breakpoint
CREATE TRIGGER `audit_log_refuses_delete` BEFORE DELETE ON `audit_log`
BEGIN
	SELECT RAISE(ABORT, 'audit_log is append only');
END;
--> statement-breakpoint
CREATE TRIGGER `audit_log_refuses_replace` BEFORE INSERT ON `audit_log`
WHEN EXISTS (SELECT 1 FROM `audit_log` WHERE `seq` = NEW.`seq` OR `prev_hash` = NEW.`prev_hash`)
BEGIN
	SELECT RAISE(ABORT, 'audit_log is append only');
END;
