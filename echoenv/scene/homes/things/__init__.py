"""What homes are furnished with: parametric families, one module for each kind of thing.

The one idea: a family is a function of the home's `Style` (and of sizes and a kind, all of which have defaults) that
returns a `Thing` in its own frame: back to the wall at z = 0, front towards +z, standing at y = 0, centred at x = 0.
`kind=""` lets the home's taste choose, so that all chairs at a table are alike; a tuple of the module names the kinds.

Soft seats, `sofas` (also as `seating.NAME`):
    sofa(style, width=2.0, depth=0.88, kind="", fabric=""), corner_sofa(style, width=2.5, depth=0.92, chaise=1.55,
    side="left", fabric=""), armchair(style, kind="", fabric=""), chaise_longue(style, length=1.65, width=0.68,
    fabric=""), ottoman(style, kind="", width=0.6), bean_bag(style, width=0.85), cushion(style, size=0.42)
Chairs, `chairs` (also as `seating.NAME`):
    dining_chair(style, kind=""), office_chair(style, kind=""), rocking_chair(style), stool(style, kind=""),
    bar_stool(style, kind=""), bench(style, width=1.2, kind="")
Beds, `beds` (also as `seating.NAME`):
    bed(style, width=1.6, length=2.05, kind=""), bunk_bed(style, width=0.9, length=2.05), crib(style)
Tables, `tables`:
    table(style, width, depth, height=0.74, category="table", kind=""), oval_table(style, width, depth),
    round_table(style, radius, height=0.74, kind=""), meeting_table(style, width, depth),
    coffee_table(style, width=1.0, depth=0.55, kind=""), side_table(style, kind=""), console_table(style, width=1.1),
    nightstand(style)
Desks, `desks` (desk also as `tables.desk`):
    desk(style, width=1.4, depth=0.7, kind=""), dressing_table(style, width=1.0), lectern(style)
What lies on tables, `tabletop` (also as `tables.NAME`):
    monitor, keyboard, mouse, laptop, table_lamp, books, bowl, vase, cup, plate, bottle
Cabinets, `cabinets`, built by `joinery.cabinet` of cells (drawers, doors, open shelves):
    drawer_unit, dresser(style, width=1.1, height=0.85), sideboard(style, width=1.6), tv_stand(style, width=1.5),
    television(width=1.2), shoe_cabinet(style, width=0.8), filing_cabinet(style, drawers=3), drawer_pedestal(style),
    wardrobe(style, width=1.5, height=2.1, depth=0.6, kind="")
Shelves, `storage`:
    bookshelf(style, width=0.9, height=1.95, depth=0.3, kind=""), room_divider(style, width=1.2, height=1.5),
    book_row(style, length, height, depth), and all of `cabinets`
What stands about, `stands`:
    coat_stand(style), magazine_rack(style), wine_rack(style), folding_screen(style, panels=3), flipchart(style),
    standing_mirror(style), clothes_rail(style)
Kitchens, `fittings`:
    kitchen_run(style, length), wall_units(style, length), kitchen_island(style, length=1.6), and the next two modules
Appliances, `appliances` (also as `fittings.NAME`):
    refrigerator(style, kind=""), oven(), microwave(style), dishwasher(style), range_hood(style, width=0.6), cooktop()
Bathrooms, `bathroom` (also as `fittings.NAME`):
    toilet(kind=""), bidet(), basin(style, width=0.65, kind=""), bathtub(length=1.7, width=0.75, kind=""),
    shower(width=0.9, kind=""), mirror(style, width, height), mirror_cabinet(style, width=0.6), towel_radiator(style)

`solids` and `making` hold what they are built with: bars, tubes, cushions; parts of wood, cloth, metal; taste; size.
"""
