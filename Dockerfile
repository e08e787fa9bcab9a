# The whole product in one image: `start` is everything in one process, `web` and `worker` are its parts, `migrate` prepares the
# database. Give it DATABASE_URL, or a volume on /data for the embedded database.
FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json prisma.config.ts ./
COPY prisma prisma
COPY scripts scripts
COPY src src
# Without its devDependencies in package.json: @prisma/client names the big `prisma` as an optional peer, which --omit=dev would keep.
RUN npm run build && npm pkg delete devDependencies && npm prune --ignore-scripts

FROM node:20-bookworm-slim
# An init process buries what dies; without one a stopped database would stay as a zombie.
RUN apt-get update && apt-get install -y --no-install-recommends tini && rm -rf /var/lib/apt/lists/* \
  && mkdir /data && chown node:node /data
WORKDIR /app
ENV NODE_ENV=production DATA_DIR=/data PORT=3000
COPY --from=build --chown=node:node /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY --from=build /app/src src
COPY package.json ./
COPY prisma prisma
COPY locales locales
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["tini", "--", "node", "dist/main.js"]
CMD ["start"]
