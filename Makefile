# « make run » opens the demonstration, « make test » runs every test; both prepare
# the machine first. PYTHON=, PORT= and ARGS= may be given: make test ARGS="-k seats"

PYTHON ?= python3
BIN := .venv/bin
MACHINE := $(PYTHON) networking/machine.py
# One more than there are cores: the browser tests wait more than they work.
WORKERS = $$(($$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1) + 1))
# A terminal without some French sign shows a question mark in its place.
export PYTHONIOENCODING ?= :replace

.PHONY: run test check lock python

python:
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) est introuvable : \
	installez Python 3.11 ou plus récent, ou indiquez-le avec PYTHON=…" >&2; exit 1; }

run: export DEMO ?= 1
run: python
	@$(MACHINE) run

test: python
	@$(MACHINE) test
	@$(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

check: export DJANGO_SETTINGS_MODULE := networking.settings
check: python
	@$(MACHINE) check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --quiet --lint templates
	$(BIN)/python manage.py makemigrations --check --dry-run
	PRODUCTION=1 DEMO=0 DEBUG=0 ALLOWED_HOSTS=reseau.example \
	SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_hex(32))') \
	TOKEN_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_hex(32))') \
	BASE_URL=https://reseau.example EMAIL_URL=smtp://localhost:25 \
	ORGANISATION_CONTACT=contact@reseau.example REPLY_ADDRESS=reply@reseau.example \
	$(BIN)/python manage.py check --deploy --fail-level WARNING

# Pins again what pyproject.toml names; ARGS=--upgrade takes the newest versions.
LOCK := var/lock/bin/uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-annotate \
	--custom-compile-command "make lock" $(ARGS) pyproject.toml
lock:
	@test -x var/lock/bin/uv || { $(PYTHON) -m venv var/lock && \
		var/lock/bin/python -m pip install --quiet uv; }
	$(LOCK) --output-file requirements.txt
	$(LOCK) --extra dev --constraint requirements.txt \
		--output-file requirements-dev.txt
