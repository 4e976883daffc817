# Two commands matter: `make run` starts the platform with its demonstration city, `make test` tests it.
# The rings of the suite are written down in tests/rings.py; `make stories` runs what `make test` leaves out.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# A bundle (`make bundle`) carries its wheels, pip among them: nothing is asked of a network then.
WHEELS := $(wildcard wheels)
PIP := $(BIN)/python $(if $(WHEELS),$(wildcard wheels/pip-*.whl)/pip,-m pip) --disable-pip-version-check --quiet
FROM := $(if $(WHEELS),--no-index --find-links $(WHEELS))

# Each of the many processes would otherwise compile the whole platform for itself.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run setup test stories lint lock tables bundle clean

run: setup
	@exec $(BIN)/kuangan up $(ARGS)

setup: $(VENV)/.base
	@$(BIN)/kuangan setup static

test: $(VENV)/.dev setup
	$(BIN)/pytest -n 2 --dist worksteal -m "not (kill or browser or story or soak or bench)"
	$(BIN)/pytest -n 2 --dist worksteal -m "(kill or path) and not soak" tests/kill tests/browser

stories: $(VENV)/.dev setup
	$(BIN)/pytest -n 2 --dist worksteal -m "story and not (kill or browser or bench)"
	$(BIN)/pytest -n 2 --dist worksteal -m "((browser and not path) or soak) and not bench"

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djangofmt --check kuangan/web/templates
	$(BIN)/mypy
	$(BIN)/lint-imports

$(BIN)/python:
	@$(PYTHON) kuangan/host/install/fits.py wheels
	$(PYTHON) -m venv $(if $(WHEELS),--without-pip) $(VENV)

$(VENV)/.base: $(BIN)/python requirements/base.txt pyproject.toml
	$(PIP) install $(FROM) --require-hashes -r requirements/base.txt
	$(PIP) install $(FROM) --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q kuangan
	@touch $@

$(VENV)/.dev: $(VENV)/.base requirements/dev.txt
	$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

# Renew the locks after a change of requirements/*.in or package.json.
COMPILE := $(BIN)/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 \
	--no-emit-index-url --no-annotate --no-header
lock: $(VENV)/.dev
	$(COMPILE) requirements/base.in --output-file requirements/base.txt
	$(COMPILE) requirements/dev.in --output-file requirements/dev.txt
	$(BIN)/kuangan setup lock

# Write down anew the tables that a new database begins with (after several migrations; nothing breaks without it).
tables: $(VENV)/.base
	$(BIN)/kuangan setup tables

# One archive for each kind of machine, from which `make run` works without internet; see docs/how-to/offline.md.
PYTHONS ?=
bundle: setup
	for machine in x86_64 aarch64; do \
		$(BIN)/kuangan setup bundle --machine $$machine $(addprefix --python ,$(PYTHONS)) || exit 1; \
	done

clean:
	rm -rf $(VENV) build *.egg-info kuangan/static/vendor kuangan/fonts test-output
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
