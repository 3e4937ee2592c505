CREATE TABLE `debts` (
	`workflow_id` text PRIMARY KEY NOT NULL,
	`account` text NOT NULL,
	`currency` text NOT NULL,
	`advanced` integer NOT NULL,
	`recovered` integer NOT NULL,
	`closed_with` integer,
	`opened_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`alerted_at` integer,
	CONSTRAINT "debts_amounts" CHECK(advanced >= 0 and recovered >= 0)
);
--> statement-breakpoint
CREATE INDEX `debts_by_account` ON `debts` (`account`,`currency`,`opened_at`);--> statement-breakpoint
CREATE INDEX `debts_to_alert` ON `debts` (`opened_at`) WHERE alerted_at is null;--> statement-breakpoint
CREATE TABLE `providers` (
	`id` text PRIMARY KEY NOT NULL,
	`username` text NOT NULL,
	`account` text NOT NULL,
	`default_price` integer NOT NULL,
	`currency` text NOT NULL,
	`event_types` text NOT NULL,
	`input_hash` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `providers_username_unique` ON `providers` (`username`);--> statement-breakpoint
CREATE INDEX `providers_newest` ON `providers` (`created_at`,`id`);--> statement-breakpoint
CREATE TABLE `recoveries` (
	`operation_key` text NOT NULL,
	`workflow_id` text NOT NULL,
	`amount` integer NOT NULL,
	PRIMARY KEY(`operation_key`, `workflow_id`),
	FOREIGN KEY (`workflow_id`) REFERENCES `debts`(`workflow_id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "recoveries_amount" CHECK(amount > 0)
);
--> statement-breakpoint
CREATE TABLE `seats` (
	`slot` text NOT NULL,
	`workflow_id` text NOT NULL,
	`label` text,
	`reserved` integer NOT NULL,
	`taken_at` integer NOT NULL,
	PRIMARY KEY(`slot`, `workflow_id`)
);
--> statement-breakpoint
CREATE INDEX `seats_by_story` ON `seats` (`workflow_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `seats_label_once` ON `seats` (`slot`,`label`) WHERE label is not null;