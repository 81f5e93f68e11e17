"""The documentation as a web site: ``python -m docs.website DIR``, or ``make site``.

The pages are those of the checkout, a page for each verb made from its argument parser, and a
start page. ``sections.py`` says where each stands, ``sources.py`` gathers them, ``build.py`` has
Sphinx write them, and ``checks.py`` judges what came out.
"""
