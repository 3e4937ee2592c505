-- Made anew, because SQLite cannot make a column optional; nothing refers to the table. Old messages have addresses and words of their own.
CREATE TABLE `__new_outbox` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`recipient` text,
	`to` text,
	`subject` text,
	`text` text,
	`agreement` text,
	`owed_at` integer,
	`created_at` integer NOT NULL,
	`sent_at` integer,
	`attempts` integer NOT NULL,
	`next_attempt_at` integer,
	`error` text
);
--> statement-breakpoint
INSERT INTO `__new_outbox`("id", "kind", "recipient", "to", "subject", "text", "agreement", "owed_at", "created_at", "sent_at", "attempts", "next_attempt_at", "error") SELECT "id", "kind", NULL, "to", "subject", "text", "agreement", NULL, "created_at", "sent_at", "attempts", "next_attempt_at", "error" FROM `outbox`;--> statement-breakpoint
DROP TABLE `outbox`;--> statement-breakpoint
ALTER TABLE `__new_outbox` RENAME TO `outbox`;--> statement-breakpoint
CREATE UNIQUE INDEX `outbox_owed_once` ON `outbox` (`agreement`,`kind`,`recipient`,`owed_at`);--> statement-breakpoint
CREATE INDEX `outbox_newest` ON `outbox` (`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `outbox_due` ON `outbox` (`next_attempt_at`) WHERE sent_at is null;