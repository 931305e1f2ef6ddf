-- AlterTable
ALTER TABLE "gateway_lamp" ADD COLUMN     "address" TEXT;

-- CreateTable
CREATE TABLE "gateway_address" (
    "gateway_uuid" UUID NOT NULL,
    "mailbox_id" INTEGER NOT NULL,
    "address_template" VARCHAR(200) NOT NULL,

    CONSTRAINT "gateway_address_pkey" PRIMARY KEY ("gateway_uuid","mailbox_id")
);

-- CreateIndex
CREATE INDEX "gateway_address_mailbox_id_idx" ON "gateway_address"("mailbox_id");

-- AddForeignKey
ALTER TABLE "gateway_address" ADD CONSTRAINT "gateway_address_gateway_uuid_fkey" FOREIGN KEY ("gateway_uuid") REFERENCES "gateway"("uuid") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "gateway_address" ADD CONSTRAINT "gateway_address_mailbox_id_fkey" FOREIGN KEY ("mailbox_id") REFERENCES "mailbox"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
