"""What homes are furnished with: parametric families, one module for each kind of thing.

The one idea: a family is a function of the home's `Style` (and of sizes and a kind, all of which have defaults) that
returns a `Thing` in its own frame: back to the wall at z = 0, front towards +z, standing at y = 0, centred at x = 0.
`kind=""` lets the home's taste choose, so that all chairs at a table are alike; a tuple of the module names the kinds.
Furniture carries only what belongs to it (a bed its bedding, a sofa its cushions, a desk its computer, a television
stand its television, a nightstand its lamp, shelves their books, a kitchen its sink, hob and oven); what else lies on
it is a matter of the rules.

Furniture
    sofas: sofa(style, width=2.0, depth=0.88, kind="", fabric=""), corner_sofa(style, width=2.5, depth=0.92,
        chaise=1.55, side="left", fabric=""), armchair(style, kind="", fabric=""), chaise_longue(style, length=1.65,
        width=0.68, fabric=""), ottoman(style, kind="", width=0.6), bean_bag(style, width=0.85),
        cushion(style, size=0.42)
    chairs: dining_chair(style, kind=""), office_chair(style, kind=""), rocking_chair(style), stool(style, kind=""),
        bar_stool(style, kind=""), bench(style, width=1.2, kind="")
    beds: bed(style, width=1.6, length=2.05, kind=""), bunk_bed(style, width=0.9, length=2.05), crib(style)
    seating: all of these three by one name
    tables: table(style, width, depth, height=0.74, category="table", kind=""), oval_table(style, width, depth),
        round_table(style, radius, height=0.74, kind=""), meeting_table(style, width, depth),
        coffee_table(style, width=1.0, depth=0.55, kind=""), side_table(style, kind=""),
        console_table(style, width=1.1), and all of `desks` and `computers`
    desks: desk(style, width=1.4, depth=0.7, kind="", computer=True), dressing_table(style, width=1.0), lectern(style),
        nightstand(style)
    computers: monitor(style, width=0.58), keyboard(), mouse(), laptop(), television(width=1.2)
    cabinets: drawer_unit(...), dresser(style, width=1.1, height=0.85), sideboard(style, width=1.6),
        tv_stand(style, width=1.5), shoe_cabinet(style, width=0.8), filing_cabinet(style, drawers=3),
        drawer_pedestal(style), wardrobe(style, width=1.5, height=2.1, depth=0.6, kind=""), all of cells of `joinery`
    storage: bookshelf(style, width=0.9, height=1.95, depth=0.3, kind=""), room_divider(style, width=1.2, height=1.5),
        book_row(style, length, height, depth), and all of `cabinets`
    stands: coat_stand(style), magazine_rack(style), wine_rack(style), folding_screen(style, panels=3),
        standing_mirror(style), clothes_rail(style)
    fittings: kitchen_run(style, length), wall_units(style, length), kitchen_island(style, length=1.6),
        worktop_spots(length), and all of `appliances` and `bathroom`
    appliances: refrigerator(style, kind=""), oven(), dishwasher(style), range_hood(style, width=0.6), cooktop()
    bathroom: toilet(kind=""), bidet(), basin(style, width=0.65, kind=""), bathtub(length=1.7, width=0.75, kind=""),
        shower(width=0.9, kind=""), towel_radiator(style)
    bodies, making, joinery: what furniture is made of; parts of wood, cloth, metal, and taste; cabinets of cells
"""
