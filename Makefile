# Two commands matter: `make run` and `make test`. Each sets up all it needs, in .venv.
PYTHON ?= python3
BIN := .venv/bin
BETTER_MODEL := Helsinki-NLP/opus-mt-ar-en

.PHONY: run test check lock clean

# Translate the five seeds with the best model that can be had, then open the reader with them in it.
run: .venv/.ready
	@$(BIN)/muwazi model offer $(BETTER_MODEL)
	@$(BIN)/muwazi translate seeds --format md
	@$(BIN)/muwazi serve --open

test: .venv/.complete
	$(BIN)/python -m pytest --numprocesses logical --maxprocesses 4 --dist loadfile

check: .venv/.complete
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pyright

.venv/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Muwazi needs Python 3.11 or newer; this is %s. Try: make PYTHON=python3.11" % sys.version.split()[0])'
	$(PYTHON) -m venv .venv
	@touch $@

.venv/.ready: .venv/.python pyproject.toml requirements.lock
	$(BIN)/python -m pip install --disable-pip-version-check --quiet -r requirements.lock
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps -e .
	@touch $@

.venv/.complete: .venv/.ready requirements-all.lock
	$(BIN)/python -m pip install --disable-pip-version-check --quiet -r requirements-all.lock
	@touch $@

# Both lock files anew, each from an empty environment.
lock:
	rm -rf build/lock && $(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet .
	build/lock/bin/python -m pip freeze --exclude muwazi > requirements.lock
	build/lock/bin/python -m pip install --quiet torch==2.13.0
	build/lock/bin/python -m pip install --quiet '.[torch,test]'
	build/lock/bin/python -m pip freeze --exclude muwazi | sed 's/^torch==\([0-9.]*\)+.*/torch==\1/; s/^torch @ .*/torch==2.13.0/' > requirements-all.lock

clean:
	rm -rf .venv build dist out
