-- A SIP username is one tenant's own; which tenant is meant, the domain of a request says.
DROP INDEX "device_sip_username_key";
DROP INDEX "device_tenant_uuid_idx";
CREATE UNIQUE INDEX "device_tenant_uuid_sip_username_key" ON "device"("tenant_uuid", "sip_username");
CREATE INDEX "device_sip_username_idx" ON "device"("sip_username");

-- A domain may be a realm, and a digest hash contains its realm.
ALTER TABLE "device" ADD COLUMN "domain_ha1_md5" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN "domain_ha1_sha256" JSONB NOT NULL DEFAULT '{}';
