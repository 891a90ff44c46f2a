# One image for every process of Corrillo; which one it is, the command says (docker-compose.yml).
#   docker build -t corrillo .
# Built in the first stage from the hashed locks; the second has Python, the packages, and nothing that builds.

FROM python:3.11-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
COPY requirements.lock requirements-scale.lock ./
RUN python -m venv /build \
    && /build/bin/pip install --require-hashes -r requirements.lock \
    && python -m venv --without-pip /opt/corrillo \
    && /build/bin/pip --python /opt/corrillo/bin/python install --require-hashes -r requirements-scale.lock
COPY pyproject.toml README.md LICENSE ./
COPY corrillo corrillo
COPY ingest ingest
COPY processors processors
COPY stores stores
COPY dashboards dashboards
RUN /build/bin/pip wheel --no-build-isolation --no-deps --wheel-dir /wheels . \
    && /build/bin/pip --python /opt/corrillo/bin/python install --no-index --no-deps /wheels/*.whl \
    && install -d -o 1000 -g 1000 /var/lib/corrillo

FROM python:3.11-slim
COPY --from=build /opt/corrillo /opt/corrillo
COPY --from=build --chown=1000:1000 /var/lib/corrillo /var/lib/corrillo
ENV PATH=/opt/corrillo/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp \
    CORRILLO_CONFIG=/etc/corrillo/corrillo.toml
# A number, so that "not root" can be seen from outside; the root file system may be read-only, /tmp is written to.
USER 1000:1000
WORKDIR /var/lib/corrillo
EXPOSE 8400 8401 8402 8403 8404
HEALTHCHECK --interval=15s --timeout=10s --start-period=60s --retries=4 \
    CMD ["python", "-m", "corrillo.ops.probe", "http://127.0.0.1:8400/healthz"]
ENTRYPOINT ["corrillo"]
CMD ["listen", "--host", "0.0.0.0"]
