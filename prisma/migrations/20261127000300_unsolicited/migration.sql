ALTER TABLE "device" DROP CONSTRAINT "device_mwi_mode";
ALTER TABLE "device"
  ADD CONSTRAINT "device_mwi_mode" CHECK ("mwi_mode" IN ('auto', 'solicited', 'unsolicited', 'off'));

ALTER TABLE "tenant" ADD COLUMN "sip_registrar" BOOLEAN NOT NULL DEFAULT true;

-- Contacts are known by their device's flow or instance, and remember what they were told without having subscribed.
ALTER TABLE "sip_contact"
  ADD COLUMN "binding" TEXT,
  ADD COLUMN "reg_id" INTEGER,
  ADD COLUMN "path" TEXT[],
  ADD COLUMN "address_of_record" TEXT,
  ADD COLUMN "flow_bound" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "acknowledged_body" TEXT,
  ADD COLUMN "refused_until" TIMESTAMPTZ(6),
  ADD COLUMN "last_status" INTEGER;
-- They come back with the next REGISTER, within two hours, and under their new names.
DELETE FROM "sip_contact";
ALTER TABLE "sip_contact"
  ALTER COLUMN "binding" SET NOT NULL,
  ALTER COLUMN "address_of_record" SET NOT NULL,
  DROP CONSTRAINT "sip_contact_pkey",
  ADD CONSTRAINT "sip_contact_pkey" PRIMARY KEY ("device_uuid", "binding");
