"""`python -m tests.servers.storefront …`: the console script, without being installed."""

from storefront.cli import main

if __name__ == "__main__":
    main()
