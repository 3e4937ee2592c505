# One image for the API and the worker: the command names the entrypoint.
FROM node:22-slim AS packages
# better-sqlite3 is compiled where no ready-made build can be downloaded.
RUN apt-get update && apt-get install -y --no-install-recommends g++ make python3 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund
# Temporal's core ships for five platforms; only the one of this image stays.
RUN cd node_modules/@temporalio/core-bridge/releases \
  && keep="$(node -p 'process.arch === "arm64" ? "aarch64" : "x86_64"')-unknown-linux-gnu" \
  && find . -mindepth 1 -maxdepth 1 ! -name "$keep" -exec rm -rf {} +

FROM node:22-slim
# The TLS roots that Temporal's core checks certificates against.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY package.json ./
COPY domain domain
COPY workflows workflows
COPY activities activities
COPY store store
COPY proof/coherent proof/coherent
COPY api api
COPY worker worker
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
ENTRYPOINT ["node", "--import", "tsx"]
CMD ["worker/main.ts"]
