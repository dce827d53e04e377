# syntax=docker/dockerfile:1
# docker build -t agentbus . && docker run --init -p 127.0.0.1:7070:7070 -v agentbus:/var/lib/agentbus agentbus

FROM eclipse-temurin:25.0.3_9-jdk-noble AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends maven \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/agentbus
COPY agentbus pom.xml ./
COPY conf conf
COPY docs/glossary.md docs/
COPY sql sql
COPY verticles verticles
COPY src/main src/main
RUN --mount=type=cache,target=/m2 mvn -B -q -DskipTests -Dmaven.repo.local=/m2 process-classes

FROM eclipse-temurin:25.0.3_9-jdk-noble
# The embedded Postgres refuses root, and a container needs no root for anything else.
RUN groupadd --gid 10001 agentbus \
 && useradd --uid 10001 --gid agentbus --home-dir /var/lib/agentbus --create-home --shell /usr/sbin/nologin agentbus \
 && chmod 0700 /var/lib/agentbus
WORKDIR /opt/agentbus
COPY --from=build /opt/agentbus/agentbus ./
COPY --from=build /opt/agentbus/target/agentbus.jar target/
COPY --from=build /opt/agentbus/target/lib target/lib
# Each writes its start-up cache into target/aot while that can be written.
RUN ./agentbus --version && ./agentbus up --help
# Inside a container every address is its own: what is reachable is decided by the ports that are published.
ENV AGENTBUS_HOME=/var/lib/agentbus \
    AGENTBUS_LISTEN=0.0.0.0 \
    AGENTBUS_INSECURE_LISTEN=true
USER agentbus
VOLUME /var/lib/agentbus
EXPOSE 7070 7071
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["/opt/agentbus/agentbus", "health"]
ENTRYPOINT ["/opt/agentbus/agentbus"]
CMD ["up"]
