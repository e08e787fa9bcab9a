-- CreateTable
CREATE TABLE "person" (
    "id" SERIAL NOT NULL,
    "name" TEXT NOT NULL,
    "language" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "person_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "address" (
    "id" SERIAL NOT NULL,
    "person_id" INTEGER NOT NULL,
    "channel" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "chat_id" TEXT NOT NULL,
    "used_at" TIMESTAMPTZ(6) NOT NULL,
    "dead_at" TIMESTAMPTZ(6),
    "home_at" TIMESTAMPTZ(6),

    CONSTRAINT "address_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "member" (
    "id" SERIAL NOT NULL,
    "person_id" INTEGER,
    "code" TEXT NOT NULL,
    "external_ref" TEXT,
    "joined_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "member_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "staff" (
    "person_id" INTEGER NOT NULL,
    "role" TEXT NOT NULL,
    "since" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "staff_pkey" PRIMARY KEY ("person_id")
);

-- CreateTable
CREATE TABLE "invitation" (
    "id" SERIAL NOT NULL,
    "code_hash" BYTEA NOT NULL,
    "role" TEXT NOT NULL,
    "inviter_id" INTEGER,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "used_at" TIMESTAMPTZ(6),
    "used_by_id" INTEGER,
    "revoked_at" TIMESTAMPTZ(6),

    CONSTRAINT "invitation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "consent" (
    "id" SERIAL NOT NULL,
    "person_id" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "granted" BOOLEAN NOT NULL,
    "wording" TEXT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "consent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "program_version" (
    "id" SERIAL NOT NULL,
    "starts_at" TIMESTAMPTZ(6) NOT NULL,
    "earn_points" BIGINT NOT NULL,
    "earn_per_minor" BIGINT NOT NULL,
    "carry_remainder" BOOLEAN NOT NULL,
    "welcome_points" BIGINT NOT NULL,
    "expiry_months" INTEGER,
    "actor_id" INTEGER,
    "created_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "program_version_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "wallet" (
    "member_id" INTEGER NOT NULL,
    "balance" BIGINT NOT NULL DEFAULT 0,
    "debt" BIGINT NOT NULL DEFAULT 0,
    "version" BIGINT NOT NULL DEFAULT 0,
    "head" BYTEA NOT NULL,

    CONSTRAINT "wallet_pkey" PRIMARY KEY ("member_id")
);

-- CreateTable
CREATE TABLE "carry" (
    "member_id" INTEGER NOT NULL,
    "rule" TEXT NOT NULL,
    "numerator" BIGINT NOT NULL,
    "denominator" BIGINT NOT NULL,

    CONSTRAINT "carry_pkey" PRIMARY KEY ("member_id","rule")
);

-- CreateTable
CREATE TABLE "sale" (
    "id" BIGSERIAL NOT NULL,
    "member_id" INTEGER NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "currency" TEXT NOT NULL,
    "receipt" TEXT NOT NULL,
    "items" INTEGER,
    "shop" TEXT,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "actor_id" INTEGER,
    "key" TEXT NOT NULL,
    "request_hash" BYTEA NOT NULL,
    "snapshot" JSONB NOT NULL,
    "points" BIGINT NOT NULL,
    "balance_after" BIGINT NOT NULL,
    "undone_at" TIMESTAMPTZ(6),

    CONSTRAINT "sale_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "refund" (
    "id" BIGSERIAL NOT NULL,
    "sale_id" BIGINT NOT NULL,
    "points_taken" BIGINT NOT NULL,
    "points_owed" BIGINT NOT NULL,
    "balance_after" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "actor_id" INTEGER,
    "key" TEXT NOT NULL,
    "request_hash" BYTEA NOT NULL,

    CONSTRAINT "refund_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "entry" (
    "id" BIGSERIAL NOT NULL,
    "member_id" INTEGER NOT NULL,
    "version" BIGINT NOT NULL,
    "kind" TEXT NOT NULL,
    "delta" BIGINT NOT NULL,
    "debt" BIGINT NOT NULL,
    "balance_after" BIGINT NOT NULL,
    "debt_after" BIGINT NOT NULL,
    "key" TEXT NOT NULL,
    "request_hash" BYTEA NOT NULL,
    "actor_id" INTEGER,
    "sale_id" BIGINT,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "reason" JSONB NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "entry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "lot" (
    "id" BIGSERIAL NOT NULL,
    "entry_id" BIGINT NOT NULL,
    "member_id" INTEGER NOT NULL,
    "earned" BIGINT NOT NULL,
    "remaining" BIGINT NOT NULL,
    "earned_at" TIMESTAMPTZ(6) NOT NULL,
    "expires_at" TIMESTAMPTZ(6),

    CONSTRAINT "lot_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "allocation" (
    "entry_id" BIGINT NOT NULL,
    "lot_id" BIGINT NOT NULL,
    "amount" BIGINT NOT NULL,

    CONSTRAINT "allocation_pkey" PRIMARY KEY ("entry_id","lot_id")
);

-- CreateTable
CREATE TABLE "inbox" (
    "key" TEXT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "channel" TEXT,
    "user_id" TEXT,
    "request" JSONB,
    "result" JSONB,

    CONSTRAINT "inbox_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "conversation" (
    "channel" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "place" TEXT NOT NULL,
    "command" TEXT NOT NULL,
    "answers" JSONB NOT NULL,
    "stamp" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "conversation_pkey" PRIMARY KEY ("channel","user_id","place")
);

-- CreateTable
CREATE TABLE "delivery" (
    "id" BIGSERIAL NOT NULL,
    "notice" TEXT NOT NULL,
    "params" JSONB NOT NULL,
    "person_id" INTEGER NOT NULL,
    "address_id" INTEGER NOT NULL,
    "channel" TEXT NOT NULL,
    "place" TEXT NOT NULL DEFAULT 'chat',
    "dedupe" TEXT NOT NULL,
    "lane" TEXT NOT NULL DEFAULT 'service',
    "state" TEXT NOT NULL DEFAULT 'planned',
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "not_before" TIMESTAMPTZ(6) NOT NULL,
    "leased_by" TEXT,
    "lease_until" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "result" JSONB,

    CONSTRAINT "delivery_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "upload" (
    "channel" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "ref" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "upload_pkey" PRIMARY KEY ("channel","hash")
);

-- CreateTable
CREATE TABLE "poison" (
    "id" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "event" JSONB NOT NULL,
    "error" TEXT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "poison_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "setting" (
    "key" TEXT NOT NULL,
    "value" JSONB NOT NULL,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "setting_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "attempt" (
    "key" TEXT NOT NULL,
    "tries" INTEGER NOT NULL,
    "until" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "attempt_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "playground_message" (
    "id" BIGSERIAL NOT NULL,
    "phone" TEXT NOT NULL,
    "mine" BOOLEAN NOT NULL,
    "view" JSONB NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "playground_message_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "address_person_id_idx" ON "address"("person_id");

-- CreateIndex
CREATE UNIQUE INDEX "address_channel_user_id_key" ON "address"("channel", "user_id");

-- CreateIndex
CREATE UNIQUE INDEX "member_person_id_key" ON "member"("person_id");

-- CreateIndex
CREATE UNIQUE INDEX "member_code_key" ON "member"("code");

-- CreateIndex
CREATE UNIQUE INDEX "member_external_ref_key" ON "member"("external_ref");

-- CreateIndex
CREATE UNIQUE INDEX "invitation_code_hash_key" ON "invitation"("code_hash");

-- CreateIndex
CREATE INDEX "consent_person_id_kind_at_idx" ON "consent"("person_id", "kind", "at");

-- CreateIndex
CREATE INDEX "program_version_starts_at_id_idx" ON "program_version"("starts_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "sale_key_key" ON "sale"("key");

-- CreateIndex
CREATE INDEX "sale_member_id_at_idx" ON "sale"("member_id", "at");

-- CreateIndex
CREATE INDEX "sale_actor_id_created_at_idx" ON "sale"("actor_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "refund_sale_id_key" ON "refund"("sale_id");

-- CreateIndex
CREATE UNIQUE INDEX "refund_key_key" ON "refund"("key");

-- CreateIndex
CREATE UNIQUE INDEX "entry_key_key" ON "entry"("key");

-- CreateIndex
CREATE INDEX "entry_sale_id_idx" ON "entry"("sale_id");

-- CreateIndex
CREATE UNIQUE INDEX "entry_member_id_version_key" ON "entry"("member_id", "version");

-- CreateIndex
CREATE INDEX "lot_entry_id_idx" ON "lot"("entry_id");

-- CreateIndex
CREATE INDEX "allocation_lot_id_idx" ON "allocation"("lot_id");

-- CreateIndex
CREATE INDEX "inbox_at_idx" ON "inbox"("at");

-- CreateIndex
CREATE UNIQUE INDEX "conversation_stamp_key" ON "conversation"("stamp");

-- CreateIndex
CREATE UNIQUE INDEX "delivery_dedupe_key" ON "delivery"("dedupe");

-- CreateIndex
CREATE INDEX "delivery_person_id_idx" ON "delivery"("person_id");

-- CreateIndex
CREATE INDEX "playground_message_phone_id_idx" ON "playground_message"("phone", "id");

-- AddForeignKey
ALTER TABLE "address" ADD CONSTRAINT "address_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "member" ADD CONSTRAINT "member_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "staff" ADD CONSTRAINT "staff_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "consent" ADD CONSTRAINT "consent_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "wallet" ADD CONSTRAINT "wallet_member_id_fkey" FOREIGN KEY ("member_id") REFERENCES "member"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "carry" ADD CONSTRAINT "carry_member_id_fkey" FOREIGN KEY ("member_id") REFERENCES "member"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sale" ADD CONSTRAINT "sale_member_id_fkey" FOREIGN KEY ("member_id") REFERENCES "member"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "refund" ADD CONSTRAINT "refund_sale_id_fkey" FOREIGN KEY ("sale_id") REFERENCES "sale"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "entry" ADD CONSTRAINT "entry_member_id_fkey" FOREIGN KEY ("member_id") REFERENCES "member"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "entry" ADD CONSTRAINT "entry_sale_id_fkey" FOREIGN KEY ("sale_id") REFERENCES "sale"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "lot" ADD CONSTRAINT "lot_entry_id_fkey" FOREIGN KEY ("entry_id") REFERENCES "entry"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "lot" ADD CONSTRAINT "lot_member_id_fkey" FOREIGN KEY ("member_id") REFERENCES "member"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "allocation" ADD CONSTRAINT "allocation_entry_id_fkey" FOREIGN KEY ("entry_id") REFERENCES "entry"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "allocation" ADD CONSTRAINT "allocation_lot_id_fkey" FOREIGN KEY ("lot_id") REFERENCES "lot"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
