CREATE TABLE `accounts` (
	`id` text PRIMARY KEY NOT NULL,
	`stripe_account_id` text,
	`email` text NOT NULL,
	`country` text NOT NULL,
	`type` text NOT NULL,
	`status` text NOT NULL,
	`transfers_enabled` integer NOT NULL,
	`payouts_enabled` integer NOT NULL,
	`payout_schedule` text NOT NULL,
	`onboarding` text,
	`frozen` integer NOT NULL,
	`input_hash` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `accounts_stripe_account_id_unique` ON `accounts` (`stripe_account_id`);--> statement-breakpoint
CREATE INDEX `accounts_newest` ON `accounts` (`created_at`,`id`);--> statement-breakpoint
CREATE TABLE `agreements` (
	`workflow_id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`id` text NOT NULL,
	`input_hash` text NOT NULL,
	`input` text NOT NULL,
	`contacts` text NOT NULL,
	`metadata` text NOT NULL,
	`state` text NOT NULL,
	`rev` integer NOT NULL,
	`status` text NOT NULL,
	`payment_state` text NOT NULL,
	`payee_account` text NOT NULL,
	`needs_attention` text,
	`open` integer NOT NULL,
	`waits_for` text,
	`settles_at` integer NOT NULL,
	`dispute_deadline` integer,
	`next_wake_at` integer,
	`amount` integer NOT NULL,
	`currency` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `agreements_newest` ON `agreements` (`kind`,`created_at`,`workflow_id`);--> statement-breakpoint
CREATE INDEX `agreements_by_status` ON `agreements` (`kind`,`status`,`created_at`,`workflow_id`);--> statement-breakpoint
CREATE INDEX `agreements_by_payee` ON `agreements` (`payee_account`,`created_at`,`workflow_id`);--> statement-breakpoint
CREATE INDEX `agreements_by_wake` ON `agreements` (`open`,`next_wake_at`);--> statement-breakpoint
CREATE INDEX `agreements_by_settlement` ON `agreements` (`open`,`payment_state`,`settles_at`);--> statement-breakpoint
CREATE INDEX `agreements_parked` ON `agreements` (`needs_attention`,`created_at`) WHERE needs_attention is not null;--> statement-breakpoint
CREATE TABLE `customers` (
	`person_id` text PRIMARY KEY NOT NULL,
	`stripe_customer_id` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `customers_stripe_customer_id_unique` ON `customers` (`stripe_customer_id`);--> statement-breakpoint
CREATE TABLE `policies` (
	`id` text NOT NULL,
	`version` integer NOT NULL,
	`kind` text NOT NULL,
	`terms` text NOT NULL,
	`created_at` integer NOT NULL,
	`created_by` text NOT NULL,
	PRIMARY KEY(`id`, `version`)
);
--> statement-breakpoint
CREATE TABLE `stripe_objects` (
	`object_id` text PRIMARY KEY NOT NULL,
	`workflow_id` text NOT NULL,
	`kind` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `stripe_objects_by_story` ON `stripe_objects` (`workflow_id`);--> statement-breakpoint
CREATE TABLE `alert_notes` (
	`subject` text NOT NULL,
	`type` text NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`subject`, `type`, `at`)
);
--> statement-breakpoint
CREATE TABLE `alerts` (
	`id` text PRIMARY KEY NOT NULL,
	`type` text NOT NULL,
	`severity` text NOT NULL,
	`subject` text NOT NULL,
	`message` text NOT NULL,
	`count` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`resolved_at` integer,
	`resolved_by` text,
	`resolution` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `alerts_one_open` ON `alerts` (`type`,`subject`) WHERE resolved_at is null;--> statement-breakpoint
CREATE INDEX `alerts_newest` ON `alerts` (`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `alerts_by_subject` ON `alerts` (`subject`);--> statement-breakpoint
CREATE TABLE `audit_log` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`at` integer NOT NULL,
	`actor` text NOT NULL,
	`action` text NOT NULL,
	`subject` text NOT NULL,
	`operation_key` text,
	`stripe_request_id` text,
	`reason` text,
	`before` text,
	`after` text,
	`prev_hash` text NOT NULL,
	`hash` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `audit_log_chain` ON `audit_log` (`prev_hash`);--> statement-breakpoint
CREATE INDEX `audit_log_by_subject` ON `audit_log` (`subject`,`seq`);--> statement-breakpoint
CREATE INDEX `audit_log_by_operation` ON `audit_log` (`operation_key`);--> statement-breakpoint
CREATE TABLE `ledger_entries` (
	`id` text PRIMARY KEY NOT NULL,
	`workflow_id` text NOT NULL,
	`operation_key` text NOT NULL,
	`account` text NOT NULL,
	`currency` text NOT NULL,
	`amount` integer NOT NULL,
	`at` integer NOT NULL,
	FOREIGN KEY (`operation_key`) REFERENCES `operations`(`key`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `ledger_by_story` ON `ledger_entries` (`workflow_id`);--> statement-breakpoint
CREATE INDEX `ledger_by_account` ON `ledger_entries` (`account`,`currency`);--> statement-breakpoint
CREATE INDEX `ledger_by_operation` ON `ledger_entries` (`operation_key`);--> statement-breakpoint
CREATE TABLE `operations` (
	`key` text PRIMARY KEY NOT NULL,
	`workflow_id` text NOT NULL,
	`kind` text NOT NULL,
	`params` text NOT NULL,
	`params_hash` text NOT NULL,
	`generation` integer NOT NULL,
	`status` text NOT NULL,
	`result` text,
	`outcome` text,
	`stripe_ids` text NOT NULL,
	`request_id` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`finished_at` integer,
	CONSTRAINT "operations_status" CHECK(status in ('intended', 'done')),
	CONSTRAINT "operations_result" CHECK((status = 'done') = (result is not null))
);
--> statement-breakpoint
CREATE INDEX `operations_by_story` ON `operations` (`workflow_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `operations_unfinished` ON `operations` (`created_at`) WHERE status = 'intended';--> statement-breakpoint
CREATE TABLE `outbox` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`to` text NOT NULL,
	`subject` text NOT NULL,
	`text` text NOT NULL,
	`agreement` text,
	`created_at` integer NOT NULL,
	`sent_at` integer,
	`attempts` integer NOT NULL,
	`next_attempt_at` integer,
	`error` text
);
--> statement-breakpoint
CREATE INDEX `outbox_newest` ON `outbox` (`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `outbox_due` ON `outbox` (`next_attempt_at`) WHERE sent_at is null;--> statement-breakpoint
CREATE TABLE `reply_keys` (
	`caller` text NOT NULL,
	`route` text NOT NULL,
	`key` text NOT NULL,
	`body_hash` text NOT NULL,
	`status` integer,
	`response` text,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`caller`, `route`, `key`)
);
--> statement-breakpoint
CREATE INDEX `reply_keys_by_age` ON `reply_keys` (`created_at`);--> statement-breakpoint
CREATE TABLE `settings` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `webhook_events` (
	`event_id` text PRIMARY KEY NOT NULL,
	`endpoint` text NOT NULL,
	`account` text,
	`type` text NOT NULL,
	`object_id` text,
	`api_version` text,
	`livemode` integer NOT NULL,
	`event_created_at` integer NOT NULL,
	`request_key` text,
	`payload` text NOT NULL,
	`status` text NOT NULL,
	`reason` text,
	`attempts` integer NOT NULL,
	`next_attempt_at` integer,
	`received_at` integer NOT NULL,
	`done_at` integer,
	CONSTRAINT "webhook_events_status" CHECK(status in ('received', 'delivered', 'waiting', 'ignored'))
);
--> statement-breakpoint
CREATE INDEX `webhook_events_due` ON `webhook_events` (`status`,`next_attempt_at`);--> statement-breakpoint
CREATE INDEX `webhook_events_by_object` ON `webhook_events` (`object_id`);