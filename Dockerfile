# Two stages: the Swift toolchain builds, a small Debian runs. The image holds the three programs and no compiler.
FROM swift:6.3-bookworm AS build
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends libcurl4-openssl-dev libpcre2-dev libedit-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY Package.swift ./
COPY Sources Sources
COPY Tests Tests
RUN swift build -c release --static-swift-stdlib -Xswiftc -cross-module-optimization --product proxy \
    && swift build -c release --static-swift-stdlib -Xswiftc -cross-module-optimization --product mock-upstream \
    && swift build -c release --static-swift-stdlib -Xswiftc -cross-module-optimization --product proxy-client \
    && mkdir /programs \
    && cp "$(swift build -c release --show-bin-path)"/proxy "$(swift build -c release --show-bin-path)"/mock-upstream \
        "$(swift build -c release --show-bin-path)"/proxy-client /programs/ \
    && strip /programs/*

FROM debian:bookworm-slim
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends libcurl4 libpcre2-8-0 libedit2 ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --no-create-home --shell /usr/sbin/nologin proxy
COPY --from=build /programs/ /usr/local/bin/
USER proxy
ENV HOST=0.0.0.0 PORT=8080
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s CMD ["proxy-client", "--health", "--quiet"]
# SIGTERM lets running streams finish; give the container at least the grace time (30 s by default).
STOPSIGNAL SIGTERM
ENTRYPOINT ["proxy"]
