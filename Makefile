# Everything is done by bootstrap.py; where there is no make, call that. ARGS reaches pytest.
PYTHON ?= python3
LOCK = uv pip compile --quiet --universal --python-version 3.11 --upgrade \
	--generate-hashes --no-emit-index-url --no-annotate --no-header

.PHONY: run test check bench lock

run:
	@$(PYTHON) bootstrap.py run

test:
	@$(PYTHON) bootstrap.py test $(ARGS)

check:
	@$(PYTHON) bootstrap.py check $(ARGS)

bench:
	@$(PYTHON) bootstrap.py bench $(ARGS)

# The newest versions that pyproject.toml allows, for every platform; needs uv.
lock:
	$(LOCK) -o requirements/run.lock pyproject.toml requirements/build.in
	$(LOCK) -o requirements/test.lock -c requirements/run.lock \
		--extra test --extra postgres --extra redis pyproject.toml requirements/build.in
