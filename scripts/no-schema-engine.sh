#!/bin/sh
echo "Prisma's native schema engine is not used here: see scripts/db.mjs" >&2
exit 101
