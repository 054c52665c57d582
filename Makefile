# Everything people and CI do goes through these targets: try `make help`.
# `make book` and `make test` each do their own set-up, and only once.

PYTHON ?= python3# a Python, 3.11 or newer, to make the environment from
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export PYTHONUTF8 := 1

READY := .venv/.ready
VENDOR := book/vendor/.ready
MODELS := book/vendor/models/.ready
BIOME := book/tools/javascript/node_modules/.bin/biome
SCRIPTS := book/static/demo colorattn/widgets
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help book test test-unit test-chapters test-book test-colab \
	mutate lab chapters bench bench-long ledger measure lint format data \
	chromium rebrand clean

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 16

book: $(READY) $(VENDOR) $(MODELS) data ## Build the book: _build/html/index.html
	@rm -rf _build
	@jupyter-book build . -q --all -W -n --keep-going
	@echo "make book: open _build/html/index.html"

# -k: run every part, and fail at the end if any of them failed.
test: $(READY) ## Check everything: lint, unit tests, chapters, book
	@$(MAKE) --no-print-directory -k lint test-unit test-chapters test-book \
	&& echo "make test: passed; the book it checked is _build/html/index.html" \
	|| { echo "make test: FAILED; each 'Error' above names a part"; exit 1; }

# Two processes at a time, of one thread each: they may have but two cores.
test-unit test-chapters test-colab mutate: export OMP_NUM_THREADS = 1
test-unit test-chapters test-colab mutate: export OMP_WAIT_POLICY = passive

test-unit: $(READY) data ## Check the package, shapes included
	pytest -n 2 tests/unit tests/wrong_answers

test-chapters: $(READY) data ## Run the chapters and hold them to their stored outputs
	pytest -n 2 --dist loadfile --durations 5 --nbval --nbval-current-env \
		--nbval-cell-timeout=300 \
		--nbval-sanitize-with=tests/nbval_sanitize.cfg \
		tests/chapters chapters

test-book: $(READY) $(VENDOR) $(MODELS) $(BIOME) chromium ## Build the book, follow its links, open its pages
	pytest tests/book

test-colab: $(READY) data ## Run all chapters as Colab would (make test runs two)
	pytest -n 2 --durations 0 --all-chapters tests/chapters/test_colab.py

mutate: $(READY) data ## Plant mistakes in the core: which does no test notice?
	@rm -rf mutants
	mutmut run
	@python tests/mutation/score.py

lab: $(READY) data ## Open the chapters in JupyterLab
	jupyter lab --allow-root chapters

chapters: $(READY) data ## Run the chapters in place: stores outputs and alt texts
	python book/tools/execute.py chapters/*.ipynb
	@echo "make chapters: see what changed with git diff --stat chapters"

bench: $(READY) data ## Measure speed, the post's recipe beside ours (15 minutes)
	python tests/benchmarks/bench.py

bench-long: $(READY) data ## The same, with the post's recipe run to its end (30 minutes)
	python tests/benchmarks/bench.py --cap inf

ledger: $(READY) ## Write into the ledger what follows from the stored runs
	python book/measure/from_runs.py

measure: $(READY) data ## Measure anew what chapters claim of stored nets (long)
	for script in book/measure/chapter_*.py; do python $$script || exit 1; done

lint: $(READY) $(BIOME) ## Check layout, style and types
	ruff format --check .
	ruff check .
	mypy colorattn
	$(BIOME) ci --config-path=book/tools/javascript $(SCRIPTS)

format: $(READY) $(BIOME) ## Lay out the code as lint wants it
	ruff format .
	ruff check --fix .
	$(BIOME) check --write --config-path=book/tools/javascript $(SCRIPTS)

data: $(READY) ## Fetch MNIST and Fashion-MNIST into the cache
	@python -m colorattn data
	@echo "make data: both data sets are ready, and checked"

chromium: $(READY)
	@python book/tools/chromium.py

rebrand: $(READY) ## Move a fork to its own address: REPO=owner/name
	@python book/tools/rebrand.py "$(REPO)"

clean: ## Remove what was built; the environment in .venv stays
	rm -rf _build book/_generated book/vendor mutants .hypothesis \
		.pytest_cache .mypy_cache .ruff_cache
	@echo "make clean: done; rm -rf .venv removes the environment too"

# A half-made environment (Debian splits venv off Python) is made afresh.
$(READY): requirements.txt constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	|| { echo "Python 3.11 or newer, please: make PYTHON=python3.12"; exit 1; }
	@.venv/bin/pip --version >/dev/null 2>&1 || { rm -rf .venv; \
		$(PYTHON) -m venv .venv || { rm -rf .venv; \
		sh book/tools/apt.sh python3-venv && $(PYTHON) -m venv .venv; } }
	@echo "Filling .venv (about 5 GB with PyTorch, the first time)"
	@PYTHONWARNINGS=ignore .venv/bin/pip install -qq \
		-r requirements.txt -c constraints.txt -e .
	@touch $@

$(VENDOR): book/package.json book/tools/vendor.py | $(READY)
	@python book/tools/vendor.py
	@touch $@

# The nets that run in the page are made here and not kept in git: they
# follow from the stored weights, so that they can never differ from them.
$(MODELS): $(wildcard colorattn/stored/weights/*) book/tools/export.py \
		$(wildcard colorattn/model/*.py) \
		| $(VENDOR) data
	@echo "Exporting the nets for the live demo (half a minute)"
	@python book/tools/export.py --out book/vendor/models
	@touch $@

$(BIOME): book/tools/javascript/package.json | $(READY)
	@npm install --silent --no-package-lock --prefix $(dir $<)
	@touch $@
