"""The tests; a package so that one test module can use the helpers of another folder."""
