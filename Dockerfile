# Two stages: the Swift toolchain builds, a small Debian runs. The image holds the proxy and no compiler.
FROM swift:6.3-bookworm AS build
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends libcurl4-openssl-dev libpcre2-dev libedit-dev pkg-config make \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY Package.swift Makefile ./
COPY Sources Sources
COPY Tests Tests
RUN make release PRODUCTS=proxy && strip -o /proxy .build/release/proxy

FROM debian:bookworm-slim
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends libcurl4 libpcre2-8-0 ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --no-create-home --shell /usr/sbin/nologin proxy
COPY --from=build /proxy /usr/local/bin/proxy
USER proxy
ENV HOST=0.0.0.0 PORT=8080
EXPOSE 8080
# Ready: at least one upstream would be called, and the process takes new work. The image has no client; bash can open a socket.
HEALTHCHECK --interval=10s --timeout=3s CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/$PORT; printf 'GET /readyz HTTP/1.0\\r\\n\\r\\n' >&3; grep -q '200 OK' <&3"]
# SIGTERM lets running streams finish; give the container at least the grace time (30 s by default).
STOPSIGNAL SIGTERM
ENTRYPOINT ["proxy"]
