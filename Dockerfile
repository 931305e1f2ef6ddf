# Build with the development tools, run without them.
FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY . .
RUN node scripts/run.mjs build
# What stays in node_modules is what the product needs; the embedded database is for trying things out only.
RUN npx --yes "$(node -p "require('./package.json').packageManager")" install --frozen-lockfile --prod --no-optional --config.confirmModulesPurge=false --loglevel=error

FROM node:20-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app /app
RUN useradd --system --uid 10001 lamplighter && mkdir /data && chown lamplighter /data
USER lamplighter
VOLUME /data
EXPOSE 8080 5060/udp
# What a request needs lives as long as its commit: with room for that, the collector need not copy it around.
ENTRYPOINT ["node", "--max-semi-space-size=64", "--enable-source-maps", "apps/lamplighter/dist/main.js"]
CMD ["serve"]
